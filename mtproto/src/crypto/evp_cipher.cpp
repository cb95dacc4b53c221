// Looking OpenSSL's ciphers up.
#include "crypto/evp_cipher.hpp"

#include <new>
#include <string>

namespace mtproto::crypto {
namespace {

const EVP_CIPHER* fetch(const char* name) {
    EVP_CIPHER* found = EVP_CIPHER_fetch(nullptr, name, nullptr);
    if (!found) throw std::runtime_error(std::string("OpenSSL has no ") + name);
    return found;
}

}  // namespace

cipher_context new_cipher_context(const EVP_CIPHER* cipher, const std::byte* key, const std::byte* iv,
                                  bool encrypt) {
    cipher_context made(EVP_CIPHER_CTX_new());
    if (!made) throw std::bad_alloc();
    require_cipher(EVP_CipherInit_ex2(made.get(), cipher, reinterpret_cast<const unsigned char*>(key),
                                      reinterpret_cast<const unsigned char*>(iv), encrypt ? 1 : 0, nullptr));
    require_cipher(EVP_CIPHER_CTX_set_padding(made.get(), 0));
    return made;
}

const EVP_CIPHER* aes_256_ecb() {
    static const EVP_CIPHER* const found = fetch("AES-256-ECB");
    return found;
}
const EVP_CIPHER* aes_256_ctr() {
    static const EVP_CIPHER* const found = fetch("AES-256-CTR");
    return found;
}
const EVP_CIPHER* aes_256_gcm() {
    static const EVP_CIPHER* const found = fetch("AES-256-GCM");
    return found;
}

}  // namespace mtproto::crypto
