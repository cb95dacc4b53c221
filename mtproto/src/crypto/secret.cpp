// Wiping and comparing secrets.
#include "crypto/secret.hpp"

#include <openssl/crypto.h>

namespace mtproto::crypto {

void wipe(byte_span data) noexcept {
    OPENSSL_cleanse(data.data(), data.size());
}

bool constant_time_equal(byte_view a, byte_view b) noexcept {
    return a.size() == b.size() && CRYPTO_memcmp(a.data(), b.data(), a.size()) == 0;
}

}  // namespace mtproto::crypto
