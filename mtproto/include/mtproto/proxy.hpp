// Proxies between a client and the data centres, and the links that people pass them on with.
#pragma once

#include <mtproto/error.hpp>

#include <cstdint>
#include <string>
#include <string_view>

namespace mtproto {

struct proxy {
    proxy() = default;

    enum class kind {
        socks5,   ///< passes any connection on (RFC 1928)
        mtproxy,  ///< Telegram's own: knows obfuscated streams and which data centre they are for
    };

    kind type = kind::socks5;
    std::string host;  ///< an IPv4 or IPv6 address, or a name to resolve
    std::uint16_t port = 0;

    // Of SOCKS5; an empty user: no login. At most 255 bytes each.
    std::string user;
    std::string password;

    /// Of an MTProxy: hexadecimal or base64, as its link has it. 16 bytes; with dd before them padded
    /// packets; with ee before and a domain behind them, the connection looks like TLS to that domain.
    std::string secret;
};

/// Reads `https://t.me/proxy?server=&port=&secret=`, `https://t.me/socks?server=&port=&user=&pass=`, and the
/// same as `tg://proxy?...` and `tg://socks?...`; `socks5://user:password@host:port` and `socks5h://...`,
/// where the port may be left out (1080). No I/O. Error: errc::bad_argument; its detail says what is wrong
/// with the link, without a secret.
outcome<proxy> parse_proxy_link(std::string_view text);

}  // namespace mtproto
