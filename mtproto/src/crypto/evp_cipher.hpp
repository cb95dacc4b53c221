// OpenSSL's ciphers, looked up once, and their contexts. Private to crypto.
#pragma once

#include <openssl/evp.h>

#include <memory>
#include <stdexcept>

namespace mtproto::crypto {

struct cipher_context_delete {
    void operator()(EVP_CIPHER_CTX* context) const noexcept { EVP_CIPHER_CTX_free(context); }
};
using cipher_context = std::unique_ptr<EVP_CIPHER_CTX, cipher_context_delete>;

inline void require_cipher(int done) {
    if (done != 1) throw std::runtime_error("OpenSSL refused to encrypt");
}

/// A new context of the named cipher without padding.
cipher_context new_cipher_context(const EVP_CIPHER* cipher, const std::byte* key, const std::byte* iv,
                                  bool encrypt);

/// They live for the whole program.
const EVP_CIPHER* aes_256_ecb();
const EVP_CIPHER* aes_256_ctr();
const EVP_CIPHER* aes_256_gcm();

}  // namespace mtproto::crypto
