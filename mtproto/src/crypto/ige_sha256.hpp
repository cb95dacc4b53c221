// Decrypting and hashing messages in one go: what opening packets costs, nearly all of it.
#pragma once

#include "crypto/aes_ige.hpp"
#include "crypto/sha.hpp"

#include <span>

namespace mtproto::crypto {

/// One message: `data` is decrypted in place, and `digest` becomes SHA-256(prefix | decrypted data).
struct ige_sha256_job {
    byte_span data;                ///< in and out: its size is a multiple of 16
    const ige_key* key = nullptr;  ///< in
    byte_view prefix;              ///< in: less than 64 bytes
    sha256_digest digest{};        ///< out
};

/// Works on independent messages of any sizes, up to four side by side. Both ciphers wait for their own
/// latency most of the time: where AES-NI and SHA-NI exist, a message is hashed while its next blocks are
/// decrypted, and that costs little more than decrypting it.
void ige_decrypt_sha256_batch(std::span<ige_sha256_job> jobs, engine how = engine::best);

}  // namespace mtproto::crypto
