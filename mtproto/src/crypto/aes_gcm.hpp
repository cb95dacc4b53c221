// AES-256 in Galois/counter mode: encryption that notices any change. For session files, not for the
// protocol.
#pragma once

#include <mtproto/bytes.hpp>

#include <cstddef>
#include <span>

namespace mtproto::crypto {

inline constexpr std::size_t gcm_nonce_size = 12;
inline constexpr std::size_t gcm_tag_size = 16;

/// Encrypts `data` in place and fills `tag`, which also proves `header`. A key must never meet a nonce twice.
void gcm_seal(std::span<const std::byte, 32> key, std::span<const std::byte, gcm_nonce_size> nonce,
              byte_view header, byte_span data, std::span<std::byte, gcm_tag_size> tag);

/// Decrypts in place. False, and `data` is wiped, when anything was changed or the key is another.
[[nodiscard]] bool gcm_open(std::span<const std::byte, 32> key,
                            std::span<const std::byte, gcm_nonce_size> nonce, byte_view header,
                            byte_span data, std::span<const std::byte, gcm_tag_size> tag);

}  // namespace mtproto::crypto
