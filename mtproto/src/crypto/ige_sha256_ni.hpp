// The loop that decrypts and hashes at once. Private to crypto.
#pragma once

#include "crypto/aes_ni.hpp"
#include "crypto/sha256_ni.hpp"

#include <span>

namespace mtproto::crypto {

/// A message inside the loop. The hash is one block of 64 bytes behind the cipher.
struct ige_sha256_lane {
    aes_lane cipher;
    sha256_words hash = sha256_start;
    const std::byte* unhashed = nullptr;  ///< decrypted
};

inline constexpr std::size_t max_ige_sha256_lanes = 4;

/// Decrypts `count` times 64 bytes of each of the 1 to 4 lanes and hashes as many, advancing both.
/// Only where cpu().aes and cpu().sha.
void ige_sha256_ni_decrypt(std::span<ige_sha256_lane> lanes, std::size_t count) noexcept;
/// The same, and only where cpu().avx512vl, too.
void ige_sha256_avx512_decrypt(std::span<ige_sha256_lane> lanes, std::size_t count) noexcept;

}  // namespace mtproto::crypto
