// SHA-256 by the processor's SHA instructions, one stream or two interleaved. Private to crypto.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>

namespace mtproto::crypto {

using sha256_words = std::array<std::uint32_t, 8>;

inline constexpr std::size_t sha256_block_size = 64;
inline constexpr sha256_words sha256_start = {0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
                                              0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19};

/// Takes `blocks` blocks of 64 bytes into the state. Only where cpu().sha.
void sha256_ni_one(sha256_words& state, const std::byte* data, std::size_t blocks) noexcept;
/// The same for two independent streams.
void sha256_ni_two(sha256_words& state_a, const std::byte* data_a, sha256_words& state_b,
                   const std::byte* data_b, std::size_t blocks) noexcept;

}  // namespace mtproto::crypto
