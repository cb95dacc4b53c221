// What the key exchange is told, and what it gives.
#pragma once

#include "crypto/auth_key.hpp"
#include "crypto/rsa.hpp"
#include "handshake/known_primes.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace mtproto::handshake {

struct options {
    /// The data centre as the inner data names it: +10000 for a test one, negative for a media-only one
    /// (protocol 2.4).
    std::int32_t dc = 0;
    /// The server's possible keys: Telegram's own, a local cluster's, or those of a CDN. Copied.
    std::vector<crypto::rsa_public_key> keys;
    /// For a temporary key: how many seconds it is to live (protocol 2.4, 3.1).
    std::optional<std::int32_t> temporary_lifetime;
    /// Where proven primes are kept; must outlive the exchange. Without one, only Telegram's is known.
    known_primes* primes = nullptr;
};

/// What a finished exchange leaves.
struct established {
    std::shared_ptr<const crypto::auth_key> key;
    std::int64_t salt = 0;                   ///< the first server salt (protocol 2.12)
    duration time_offset{};                  ///< the server's time minus this machine's, to about a second
    std::optional<std::int64_t> expires_at;  ///< for a temporary key: server time in unix seconds
};

}  // namespace mtproto::handshake
