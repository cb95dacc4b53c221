// The client's side of SOCKS5 (protocol 1.12; RFC 1928, RFC 1929): bytes in, bytes out.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mtproto::wire {

/// Where the proxy is to connect to: an address of 4 or 16 bytes, or a name that the proxy resolves.
struct socks5_target {
    std::vector<std::byte> address;
    std::string name;  ///< when `address` is empty; at most 255 bytes
    std::uint16_t port = 0;
};

struct socks5_login {
    static constexpr std::size_t longest = 255;  ///< bytes, of each

    std::string user;
    std::string password;
};

/// One conversation. Until done(): send what output() gives, then read exactly wants() bytes and hand them
/// in.
class socks5_client {
  public:
    socks5_client(socks5_target where, std::optional<socks5_login> login);

    /// What is to be sent now, each byte once.
    std::vector<std::byte> output() { return std::move(out_); }
    std::size_t wants() const noexcept { return wants_; }
    /// errc::bad_argument: a target or login that does not fit; errc::proxy_failed: refused, or no SOCKS5
    /// proxy. problem() says which.
    result<void> receive(byte_view data);
    bool done() const noexcept { return stage_ == stage::connected; }
    const std::string& problem() const noexcept { return problem_; }

    /// Whether the target and the login fit into the protocol's lengths: look before the first output().
    result<void> check() const;

  private:
    enum class stage { method, login, reply, bound_kind, bound_length, bound, connected };

    void ask_to_connect();
    result<void> fail(std::string why);
    result<void> expect_bound(std::byte kind);

    socks5_target where_;
    std::optional<socks5_login> login_;
    stage stage_ = stage::method;
    std::vector<std::byte> out_;
    std::size_t wants_ = 0;
    std::string problem_;
};

}  // namespace mtproto::wire
