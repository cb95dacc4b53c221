// The cluster's RSA key: made once, kept in a folder when one is named.
#pragma once

#include "crypto/rsa.hpp"

#include <mtproto/error.hpp>

#include <string>

namespace mtproto::localdc {

struct server_key {
    crypto::rsa_private_key key;
    std::string public_path;  ///< absolute; empty when the key is in memory only
};

/// Whether all clients can find a key by this fingerprint: mtcute writes it in hexadecimal and loses leading
/// zeros.
constexpr bool usable_fingerprint(std::int64_t fingerprint) noexcept {
    return (static_cast<std::uint64_t>(fingerprint) >> 60) != 0;
}

/// The key kept in `folder`, or a new one, which is then kept there (the private part with mode 0600).
/// An empty folder: a new key in memory. errc::io_failed when the folder cannot be used, or what
/// stands under the key's name is none.
outcome<server_key> load_server_key(const std::string& folder);

}  // namespace mtproto::localdc
