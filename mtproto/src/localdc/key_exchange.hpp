// The server's side of the authorization key exchange, as a machine: messages in, messages out (protocol 2).
#pragma once

#include "crypto/auth_key.hpp"
#include "crypto/dh.hpp"
#include "crypto/kdf.hpp"
#include "crypto/rsa.hpp"
#include "traffic/fault.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/clock.hpp>
#include <mtproto/random.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>

namespace mtproto::localdc {

/// A key that both sides now have.
struct agreed_key {
    std::shared_ptr<const crypto::auth_key> key;
    std::int64_t first_salt = 0;
    /// Seconds that a temporary key lives; nothing for a permanent one.
    std::optional<std::int32_t> expires_in;
};

/// What every exchange of a data centre uses. The objects must outlive the exchanges.
struct exchange_rules {
    const crypto::rsa_private_key* rsa = nullptr;
    int dc = 0;
    random_source* random = nullptr;
    /// Whether a key with this id exists already (dh_gen_retry then).
    std::function<bool(std::int64_t)> key_exists;
};

/// One connection's exchange. A wrong message breaks it for good: the server then answers -404 to everything
/// but a new beginning on another connection (protocol 2.6).
class key_exchange {
  public:
    explicit key_exchange(exchange_rules rules) : rules_(std::move(rules)) {}

    struct step {
        bytes answer;  ///< boxed; empty: answer -404
        std::optional<agreed_key> agreed;
    };
    /// Handles the body of a plain message. `fault`: what is to go wrong with this step, or null.
    step handle(const bytes& body, unix_time now, const traffic::fault* fault);

    /// The name of the step that a message asks for, for fault plans: "req_pq_multi", "req_DH_params",
    /// "set_client_DH_params", or "" for anything else.
    static std::string_view name_of(const bytes& body) noexcept;

  private:
    enum class state { idle, pq_sent, dh_sent, broken };

    std::optional<bytes> begin(const bytes& body, const traffic::fault* fault);
    std::optional<bytes> request_dh(const bytes& body, unix_time now, const traffic::fault* fault);
    std::optional<step> agree(const bytes& body, const traffic::fault* fault);

    exchange_rules rules_;
    state state_ = state::idle;
    crypto::int128 nonce_{};
    crypto::int128 server_nonce_{};
    crypto::secret<32> new_nonce_;
    std::uint64_t pq_ = 0;
    std::uint64_t p_ = 0;
    std::uint64_t q_ = 0;
    std::optional<std::int32_t> expires_in_;
    std::optional<crypto::dh_pair> ours_;
    std::int64_t retry_id_ = 0;
};

}  // namespace mtproto::localdc
