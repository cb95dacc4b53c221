// The client's key exchange as three steps, each a type that only leads to the next (protocol 2.1 to 2.12).
//
//     ask_pq -> request_dh -> agree_dh -> established
//
// A step holds what its answer is checked against. The bodies here are what stands inside plain envelopes;
// `client` adds those. Any failure ends the exchange: begin again with fresh nonces, on a new connection when
// the server answered with -404 (protocol 2.6).
#pragma once

#include "crypto/kdf.hpp"
#include "crypto/secret.hpp"
#include "handshake/options.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <memory>
#include <utility>
#include <variant>

namespace mtproto::handshake {

/// What every step goes on with. Stays where it is on the heap: moving secrets would scatter copies of them.
struct exchange {
    explicit exchange(options chosen, random_source& source) : settings(std::move(chosen)), random(&source) {}
    exchange(const exchange&) = delete;
    exchange& operator=(const exchange&) = delete;
    ~exchange() { crypto::wipe(new_nonce); }

    options settings;
    random_source* random;
    crypto::int128 nonce{};
    crypto::int128 server_nonce{};
    crypto::int256 new_nonce{};
    duration time_offset{};
    std::int64_t expires_at = 0;  // meaningful for a temporary key only
};

/// A step that waits for its answer, and the request that asks for it.
template <class Step>
struct next {
    Step step;
    bytes request;
};

/// The group that the server chose, verified, and its half of the secret.
struct dh_group {
    std::int32_t g = 0;
    crypto::dh_number p{};
    crypto::dh_number g_a{};
};

/// Step 3: set_client_DH_params is out, dh_gen_ok is awaited.
class agree_dh {
  public:
    /// What a server may answer: the key, or that it wants another g_b (dh_gen_retry, protocol 2.11).
    using answer = std::variant<established, next<agree_dh>>;

    /// How often a server may ask for another g_b: a collision of two keys never happens by chance.
    static constexpr int max_tries = 5;

    /// errc::handshake_failed for dh_gen_fail, a wrong nonce or hash, or too many retries; errc::malformed
    /// or truncated for what is no such answer.
    result<answer> on_answer(const bytes& body) &&;

    /// The server's time minus this machine's, known since the last step.
    duration time_offset() const noexcept { return state_->time_offset; }

  private:
    friend class request_dh;
    agree_dh(std::unique_ptr<exchange> state, const dh_group& group,
             std::shared_ptr<const crypto::auth_key> key, int tries)
        : state_(std::move(state)), group_(group), key_(std::move(key)), tries_(tries) {}
    /// Draws an exponent and makes the request. `retry_id`: 0, or the aux hash of the key that collided.
    static result<next<agree_dh>> propose(std::unique_ptr<exchange> state, const dh_group& group,
                                          std::int64_t retry_id, int tries);

    std::unique_ptr<exchange> state_;
    dh_group group_;
    std::shared_ptr<const crypto::auth_key> key_;
    int tries_;
};

/// Step 2: req_DH_params is out, server_DH_params_ok is awaited.
class request_dh {
  public:
    /// `unix_now` is when the answer came, by this machine's clock: the time offset comes from it.
    /// errc::handshake_failed when a nonce, the hash, the padding, the group or g_a is wrong.
    result<next<agree_dh>> on_answer(const bytes& body, unix_time unix_now) &&;

  private:
    friend class ask_pq;
    explicit request_dh(std::unique_ptr<exchange> state) : state_(std::move(state)) {}
    std::unique_ptr<exchange> state_;
};

/// Step 1: req_pq_multi is out, resPQ is awaited.
class ask_pq {
  public:
    /// errc::unknown_rsa_key when the server offers none of the keys; errc::handshake_failed for a wrong
    /// nonce or a pq that cannot be split into p < q.
    result<next<request_dh>> on_answer(const bytes& body) &&;

  private:
    friend next<ask_pq> start(options, random_source&);
    explicit ask_pq(std::unique_ptr<exchange> state) : state_(std::move(state)) {}
    std::unique_ptr<exchange> state_;
};

/// Begins an exchange. `random` must outlive it.
next<ask_pq> start(options settings, random_source& random);

}  // namespace mtproto::handshake
