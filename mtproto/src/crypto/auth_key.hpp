// The authorization key: 256 secret bytes and the two numbers that name them (protocol 2.11, 2.12).
#pragma once

#include "crypto/secret.hpp"

#include <mtproto/error.hpp>

#include <cstdint>

namespace mtproto::crypto {

/// Share it as std::shared_ptr<const auth_key>: a packet being opened must outlive a key that is replaced.
class auth_key {
  public:
    static constexpr std::size_t size = 256;

    /// `key` is the DH secret, big endian, left padded to 256 bytes.
    explicit auth_key(std::span<const std::byte, size> key);
    /// errc::bad_argument unless `key` has 256 bytes.
    static result<auth_key> from(byte_view key);

    /// SHA1(key)[12:20] as a little-endian number: what stands in front of each packet.
    std::int64_t id() const noexcept { return id_; }
    /// SHA1(key)[0:8] as a little-endian number: retry_id, and part of new_nonce_hash.
    std::int64_t aux_hash() const noexcept { return aux_hash_; }
    /// The secret itself: for key derivation and the session file, never for a log.
    std::span<const std::byte, size> data() const noexcept { return key_.span(); }

  private:
    secret<size> key_;
    std::int64_t id_ = 0;
    std::int64_t aux_hash_ = 0;
};

}  // namespace mtproto::crypto
