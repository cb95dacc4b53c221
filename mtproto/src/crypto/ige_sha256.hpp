// Decrypting and hashing messages in one go: what opening packets costs, nearly all of it.
#pragma once

#include "crypto/aes_ige.hpp"
#include "crypto/sha.hpp"

#include <memory>
#include <span>

namespace mtproto::crypto {

/// A message that is decrypted in place and hashed to SHA-256(prefix | decrypted data), also while it still
/// comes. Movable.
class ige_sha256_stream {
  public:
    /// `data`, a multiple of 16 bytes, is where the message will be; none of it is there yet. `prefix` has
    /// less than 64 bytes. All must outlive the stream.
    ige_sha256_stream(byte_span data, const ige_key& key, byte_view prefix);
    ige_sha256_stream(ige_sha256_stream&&) noexcept;
    ige_sha256_stream& operator=(ige_sha256_stream&&) noexcept;
    ~ige_sha256_stream();

    /// The first `bytes` of data are there: never fewer than before. The others are not touched.
    void received(std::size_t bytes) noexcept;
    /// Of a message that was whole when it was last advanced.
    const sha256_digest& digest() const noexcept { return digest_; }

  private:
    friend class ige_sha256_passages;
    struct progress;

    byte_span data_;
    const ige_key* key_;
    byte_view prefix_;
    std::size_t here_ = 0;
    std::unique_ptr<progress> progress_;  // once begun, until the end
    bool done_ = false;
    sha256_digest digest_{};
};

/// Brings the messages that are whole to their end, up to four independent ones side by side. Where fewer are
/// left, others that still come go along, as far as they are there: a lone message waits for the ciphers'
/// latency most of the time, so the others cost little. Where AES-NI and SHA-NI exist, a message is hashed
/// while its next blocks are decrypted, and that costs little more than decrypting it.
void ige_sha256_advance(std::span<ige_sha256_stream* const> messages, engine how = engine::best);

}  // namespace mtproto::crypto
