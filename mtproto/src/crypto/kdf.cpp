// Keys derived from other keys.
#include "crypto/kdf.hpp"

#include "base/endian.hpp"

#include <algorithm>

namespace mtproto::crypto {
namespace {

// Where a direction's part of the auth key begins (the x of protocol 4.1 and 3.3).
constexpr std::size_t offset_of(direction way) noexcept {
    return way == direction::to_server ? 0 : 8;
}

// A digest that keys come from: wiped when they have been taken.
template <class Digest>
struct key_material {
    Digest digest;
    ~key_material() { wipe(digest); }
    byte_view part(std::size_t begin, std::size_t end) const noexcept {
        return byte_view(digest).subspan(begin, end - begin);
    }
};

key_material<sha1_digest> material_sha1(std::initializer_list<byte_view> parts) {
    return {sha1(parts)};
}
key_material<sha256_digest> material_sha256(std::initializer_list<byte_view> parts) {
    return {sha256(parts)};
}

void concatenate(secret<32>& out, std::initializer_list<byte_view> parts) noexcept {
    std::byte* to = out.data();
    for (const byte_view part : parts)
        to = std::copy(part.begin(), part.end(), to);
}

}  // namespace

byte_view message_hash_prefix(const auth_key& key, direction way) noexcept {
    return byte_view(key.data()).subspan(88 + offset_of(way), 32);
}

message_key message_key_v2(const sha256_digest& message_hash) noexcept {
    message_key key;
    std::copy_n(message_hash.begin() + 8, key.size(), key.begin());
    return key;
}

std::uint32_t quick_ack_token(const sha256_digest& message_hash) noexcept {
    constexpr std::uint32_t ack_bit = 0x80000000;
    return load_le<std::uint32_t>(message_hash.data()) | ack_bit;
}

ige_key message_cipher_v2(const auth_key& key, const message_key& msg_key, direction way) {
    const byte_view ak = key.data();
    const std::size_t x = offset_of(way);
    const auto a = material_sha256({msg_key, ak.subspan(x, 36)});
    const auto b = material_sha256({ak.subspan(40 + x, 36), msg_key});
    ige_key made;
    concatenate(made.key, {a.part(0, 8), b.part(8, 24), a.part(24, 32)});
    concatenate(made.iv, {b.part(0, 8), a.part(8, 24), b.part(24, 32)});
    return made;
}

message_key message_key_v1(byte_view unpadded_plaintext) {
    const sha1_digest digest = sha1(unpadded_plaintext);
    message_key key;
    std::copy_n(digest.begin() + 4, key.size(), key.begin());
    return key;
}

ige_key message_cipher_v1(const auth_key& key, const message_key& msg_key, direction way) {
    const byte_view ak = key.data();
    const std::size_t x = offset_of(way);
    const auto a = material_sha1({msg_key, ak.subspan(x, 32)});
    const auto b = material_sha1({ak.subspan(32 + x, 16), msg_key, ak.subspan(48 + x, 16)});
    const auto c = material_sha1({ak.subspan(64 + x, 32), msg_key});
    const auto d = material_sha1({msg_key, ak.subspan(96 + x, 32)});
    ige_key made;
    concatenate(made.key, {a.part(0, 8), b.part(8, 20), c.part(4, 16)});
    concatenate(made.iv, {a.part(8, 20), b.part(0, 8), c.part(16, 20), d.part(0, 8)});
    return made;
}

ige_key handshake_cipher(const int256& new_nonce, const int128& server_nonce) {
    const auto new_server = material_sha1({new_nonce, server_nonce});
    const auto server_new = material_sha1({server_nonce, new_nonce});
    const auto new_new = material_sha1({new_nonce, new_nonce});
    ige_key made;
    concatenate(made.key, {new_server.part(0, 20), server_new.part(0, 12)});
    concatenate(made.iv, {server_new.part(12, 20), new_new.part(0, 20), byte_view(new_nonce).first(4)});
    return made;
}

int128 new_nonce_hash(const int256& new_nonce, unsigned number, const auth_key& key) {
    std::array<std::byte, 9> tail;
    tail[0] = static_cast<std::byte>(number);
    store_le(tail.data() + 1, key.aux_hash());
    const sha1_digest digest = sha1({new_nonce, tail});
    int128 hash;
    std::copy_n(digest.begin() + 4, hash.size(), hash.begin());
    return hash;
}

std::int64_t first_salt(const int256& new_nonce, const int128& server_nonce) noexcept {
    return load_le<std::int64_t>(new_nonce.data()) ^ load_le<std::int64_t>(server_nonce.data());
}

}  // namespace mtproto::crypto
