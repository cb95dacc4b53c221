// Naming an authorization key.
#include "crypto/auth_key.hpp"

#include "base/endian.hpp"
#include "crypto/sha.hpp"

namespace mtproto::crypto {

auth_key::auth_key(std::span<const std::byte, size> key) : key_(key) {
    const sha1_digest digest = sha1(key);
    aux_hash_ = load_le<std::int64_t>(digest.data());
    id_ = load_le<std::int64_t>(digest.data() + 12);
}

result<auth_key> auth_key::from(byte_view key) {
    if (key.size() != size) return errc::bad_argument;
    return auth_key(key.first<size>());
}

}  // namespace mtproto::crypto
