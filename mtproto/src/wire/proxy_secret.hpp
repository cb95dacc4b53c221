// The secret of an MTProxy, as links carry it (protocol 1.8).
#pragma once

#include "wire/obfuscated.hpp"

#include <mtproto/error.hpp>

#include <string>
#include <string_view>

namespace mtproto::wire {

struct proxy_secret {
    enum class form {
        plain,     ///< 16 bytes: any framing
        padded,    ///< `dd` before them: padded intermediate alone
        fake_tls,  ///< `ee` before them and a domain after: padded intermediate inside what looks like TLS
    };
    /// What a ClientHello has room for.
    static constexpr std::size_t longest_domain = 182;

    form kind = form::plain;
    proxy_key key;
    std::string domain;  ///< of fake TLS, cut to the longest
};

/// Reads hexadecimal, base64url or base64, padded or not. errc::malformed.
result<proxy_secret> parse_proxy_secret(std::string_view text);

}  // namespace mtproto::wire
