// Fake TLS (protocol 1.9 to 1.11): hellos that prove the knowledge of a proxy's secret, both sides of them.
#pragma once

#include "wire/proxy_secret.hpp"

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <array>
#include <map>
#include <string>
#include <vector>

namespace mtproto::wire {

using tls_random = std::array<std::byte, 32>;

/// A client's first record.
struct client_hello {
    std::vector<std::byte> record;
    tls_random random;  ///< what the reply is checked against
};
/// `secret` is one of fake TLS. `now` is the server's time as well as it is known.
client_hello make_client_hello(const proxy_secret& secret, unix_time now, random_source& random);

/// How many bytes the server's reply has, as far as `have`, its beginning, tells: read until there are so
/// many and ask again; when there are so many already, it is whole. errc::malformed, errc::too_large.
result<std::size_t> fake_tls_reply_size(byte_view have) noexcept;
/// Whether a whole reply was made by someone who knows the secret. errc::proxy_failed.
result<void> check_fake_tls_reply(byte_view reply, const tls_random& client, const proxy_key& key);

/// What a server reads in a client's hello.
struct seen_hello {
    tls_random random;
    tls_random session_id;
    std::string domain;
};

/// How many bytes a client's hello has, as fake_tls_reply_size.
result<std::size_t> client_hello_size(byte_view have) noexcept;

/// A server's judgement of hellos. Keeps those that it took, so that none is taken twice.
class fake_tls_guard {
  public:
    /// How wrong a client's clock may be.
    static constexpr duration most_behind = std::chrono::minutes(20);
    static constexpr duration most_ahead = std::chrono::minutes(10);

    explicit fake_tls_guard(proxy_secret secret) : secret_(std::move(secret)) {}

    /// Takes a whole hello. errc::malformed: no hello, or made with another secret or for another domain;
    /// errc::bad_message: its time is too far from `now`; errc::replayed.
    result<seen_hello> admit(byte_view record, unix_time now);
    const proxy_secret& secret() const noexcept { return secret_; }

  private:
    void forget(unix_time now);

    proxy_secret secret_;
    std::map<tls_random, unix_time> taken_;  // with the times that they named
};

/// The reply to a hello: a ServerHello, a change of the cipher, and random bytes in place of a certificate.
std::vector<std::byte> make_fake_tls_reply(const seen_hello& to, const proxy_key& key, random_source& random);

}  // namespace mtproto::wire
