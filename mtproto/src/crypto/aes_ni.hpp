// AES-256-IGE by the processor's AES instructions, up to eight streams interleaved. Private to crypto.
#pragma once

#include "crypto/secret.hpp"

#include <cstddef>

namespace mtproto::crypto {

/// One stream on its way: its round keys, the blocks that the next one is chained to, and what is left of it.
struct alignas(16) aes_lane {
    static constexpr std::size_t round_keys = 15;

    secret<16 * round_keys> keys;  // first, so that it is aligned; in the order of use
    secret<16> cipher_before;
    secret<16> plain_before;
    const std::byte* in = nullptr;
    std::byte* out = nullptr;
    std::size_t blocks = 0;
};

inline constexpr std::size_t max_aes_lanes = 8;

/// Prepares the round keys. Only where cpu().aes.
void aes_ni_expand_encrypt(aes_lane& lane, std::span<const std::byte, 32> key) noexcept;
void aes_ni_expand_decrypt(aes_lane& lane, std::span<const std::byte, 32> key) noexcept;

/// Takes `blocks` blocks of each of the 1 to 8 lanes, and advances them.
void aes_ni_ige_encrypt(std::span<aes_lane> lanes, std::size_t blocks) noexcept;
void aes_ni_ige_decrypt(std::span<aes_lane> lanes, std::size_t blocks) noexcept;

}  // namespace mtproto::crypto
