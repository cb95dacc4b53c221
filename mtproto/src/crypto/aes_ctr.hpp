// AES-256 in counter mode: a key stream that goes on across calls and can be entered anywhere.
#pragma once

#include <mtproto/bytes.hpp>

#include <cstdint>
#include <memory>
#include <span>

namespace mtproto::crypto {

/// One direction of a CTR stream. Encrypting and decrypting are the same operation.
class aes_ctr {
  public:
    /// `iv` is the first counter block; it counts as one big-endian number of 128 bits.
    aes_ctr(std::span<const std::byte, 32> key, std::span<const std::byte, 16> iv);
    aes_ctr(aes_ctr&&) noexcept;
    aes_ctr& operator=(aes_ctr&&) noexcept;
    ~aes_ctr();

    /// Applies the next `data.size()` bytes of the key stream in place.
    void apply(byte_span data);
    /// The same from `in` to `out`, which has the same size and may be `in`.
    void apply(byte_view in, byte_span out);
    /// Goes to byte `offset` >= 0 of the key stream, counted from the first counter block.
    void seek(std::int64_t offset);

  private:
    struct state;
    std::unique_ptr<state> state_;
};

}  // namespace mtproto::crypto
