// AES-256 in Infinite Garble Extension mode, the cipher of messages: one stream, or several side by side.
#pragma once

#include "crypto/engine.hpp"
#include "crypto/secret.hpp"

#include <mtproto/bytes.hpp>

#include <span>

namespace mtproto::crypto {

inline constexpr std::size_t aes_block_size = 16;

/// Key and initialisation vector of one IGE stream. `iv` is the ciphertext block before the first, then the
/// plaintext block before the first.
struct ige_key {
    secret<32> key;
    secret<32> iv;
};

/// Encrypts `in` to `out`, which has the same size, a multiple of 16. `out` may be `in`, but not overlap
/// otherwise.
void aes_ige_encrypt(byte_view in, byte_span out, const ige_key& key, engine how = engine::best);
void aes_ige_decrypt(byte_view in, byte_span out, const ige_key& key, engine how = engine::best);

/// One stream of a batch, worked on in place. The size of `data` is a multiple of 16 (and may be 0).
struct ige_job {
    byte_span data;
    const ige_key* key = nullptr;
};

/// Works on independent streams, of any lengths and with keys of their own, up to eight side by side: IGE is
/// serial within a stream, so a lone one leaves most of the AES units idle.
void aes_ige_encrypt_batch(std::span<const ige_job> jobs, engine how = engine::best);
void aes_ige_decrypt_batch(std::span<const ige_job> jobs, engine how = engine::best);

}  // namespace mtproto::crypto
