// Curve25519 by OpenSSL.
#include "crypto/x25519.hpp"

#include "crypto/rsa_pkey.hpp"

#include <stdexcept>

namespace mtproto::crypto {

x25519_key x25519_public(std::span<const std::byte, 32> of) {
    const pkey key(EVP_PKEY_new_raw_private_key(
        EVP_PKEY_X25519, nullptr, reinterpret_cast<const unsigned char*>(of.data()), of.size()));
    x25519_key made;
    std::size_t size = made.size();
    if (!key ||
        EVP_PKEY_get_raw_public_key(key.get(), reinterpret_cast<unsigned char*>(made.data()), &size) != 1 ||
        size != made.size())
        throw std::runtime_error("OpenSSL has no X25519");
    return made;
}

}  // namespace mtproto::crypto
