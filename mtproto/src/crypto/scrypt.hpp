// scrypt: makes guessing a passphrase cost memory.
#pragma once

#include <mtproto/bytes.hpp>

#include <cstdint>

namespace mtproto::crypto {

/// RFC 7914. Takes 128 * n * r bytes of memory.
struct scrypt_cost {
    std::uint64_t n = 1u << 17;  ///< a power of two
    std::uint32_t r = 8;
    std::uint32_t p = 1;
};

/// Fills `out` with the key. False when there is not enough memory for it.
bool scrypt(byte_view passphrase, byte_view salt, const scrypt_cost& cost, byte_span out);

}  // namespace mtproto::crypto
