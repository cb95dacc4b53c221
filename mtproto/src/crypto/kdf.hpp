// Keys derived from other keys: for messages (MTProto 2.0 and 1.0) and for the handshake's answers.
#pragma once

#include "crypto/aes_ige.hpp"
#include "crypto/auth_key.hpp"
#include "crypto/sha.hpp"

#include <array>
#include <cstdint>

namespace mtproto::crypto {

using int128 = std::array<std::byte, 16>;
using int256 = std::array<std::byte, 32>;

/// The 16 bytes in front of a ciphertext that authenticate the message and key its encryption.
using message_key = std::array<std::byte, 16>;

/// Which way a message goes: decides the part of the auth key that is used.
enum class direction {
    to_server,  ///< x = 0
    to_client,  ///< x = 8
};

/// The part of the auth key that is hashed in front of a message: SHA256(ak[88+x, 32] + padded plaintext) is
/// the message hash, of which the message key and the quick-ack token are parts (protocol 4.1).
byte_view message_hash_prefix(const auth_key& key, direction way) noexcept;

/// Bytes 8 to 24 of the message hash (protocol 4.1).
message_key message_key_v2(const sha256_digest& message_hash) noexcept;
/// The token by which a server acknowledges the message quickly, as intermediate framing sends it
/// (protocol 1.5).
std::uint32_t quick_ack_token(const sha256_digest& message_hash) noexcept;

/// The key of a message, MTProto 2.0 (protocol 4.1).
ige_key message_cipher_v2(const auth_key& key, const message_key& msg_key, direction way);

/// SHA1(unpadded plaintext)[4:20], MTProto 1.0 (protocol 3.3).
message_key message_key_v1(byte_view unpadded_plaintext);
/// The key of a message, MTProto 1.0 (protocol 3.3): only for binding temporary keys, always to the server.
ige_key message_cipher_v1(const auth_key& key, const message_key& msg_key,
                          direction way = direction::to_server);

/// The key for server_DH_inner_data and client_DH_inner_data (protocol 2.7). Nonces keep their full width.
ige_key handshake_cipher(const int256& new_nonce, const int128& server_nonce);

/// SHA1(new_nonce | number | SHA1(auth_key)[0:8])[4:20]; number is 1 for ok, 2 for retry, 3 for fail
/// (protocol 2.11).
int128 new_nonce_hash(const int256& new_nonce, unsigned number, const auth_key& key);
/// new_nonce[0:8] xor server_nonce[0:8], the first server salt (protocol 2.12).
std::int64_t first_salt(const int256& new_nonce, const int128& server_nonce) noexcept;

}  // namespace mtproto::crypto
