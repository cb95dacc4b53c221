// Public keys on Curve25519 (RFC 7748): what a ClientHello shows. No secret is agreed on with them.
#pragma once

#include <mtproto/bytes.hpp>

#include <array>
#include <span>

namespace mtproto::crypto {

using x25519_key = std::array<std::byte, 32>;

/// The public key of any 32 bytes, which are clamped as RFC 7748 says.
x25519_key x25519_public(std::span<const std::byte, 32> of);

}  // namespace mtproto::crypto
