// OpenSSL's keys and text buffers with owners, as RSA uses them. Private to crypto.
#pragma once

#include "crypto/bignum.hpp"
#include "crypto/rsa.hpp"

#include <openssl/bio.h>
#include <openssl/core_names.h>
#include <openssl/evp.h>

#include <array>
#include <memory>
#include <new>
#include <string>

namespace mtproto::crypto {

struct pkey_delete {
    void operator()(EVP_PKEY* key) const noexcept { EVP_PKEY_free(key); }
    void operator()(EVP_PKEY_CTX* context) const noexcept { EVP_PKEY_CTX_free(context); }
    void operator()(BIO* bio) const noexcept { BIO_free_all(bio); }
};
using pkey = std::unique_ptr<EVP_PKEY, pkey_delete>;
using pkey_context = std::unique_ptr<EVP_PKEY_CTX, pkey_delete>;
using bio = std::unique_ptr<BIO, pkey_delete>;

/// An empty buffer that is wiped when it goes.
inline bio new_bio() {
    bio made(BIO_new(BIO_s_secmem()));
    if (!made) throw std::bad_alloc();
    return made;
}
inline bio new_bio(std::string_view text) {
    bio made(BIO_new_mem_buf(text.data(), static_cast<int>(text.size())));
    if (!made) throw std::bad_alloc();
    return made;
}
inline std::string text_of(const bio& from) {
    char* data = nullptr;
    const long size = BIO_get_mem_data(from.get(), &data);
    return {data, static_cast<std::size_t>(size)};
}

/// The public half of any RSA key.
inline result<rsa_public_key> public_part(const pkey& key) {
    const auto number = [&key](const char* name) {
        BIGNUM* found = nullptr;
        EVP_PKEY_get_bn_param(key.get(), name, &found);
        return bignum(found);
    };
    const bignum n = number(OSSL_PKEY_PARAM_RSA_N);
    const bignum e = number(OSSL_PKEY_PARAM_RSA_E);
    std::array<std::byte, rsa_size> n_bytes;
    std::array<std::byte, sizeof(std::uint64_t)> e_bytes;
    if (!n || !e || BN_num_bytes(n.get()) > static_cast<int>(n_bytes.size()) ||
        BN_num_bytes(e.get()) > static_cast<int>(e_bytes.size()))
        return errc::malformed;
    store_bignum(n, n_bytes);
    store_bignum(e, e_bytes);
    return rsa_public_key::from_numbers(n_bytes, e_bytes);
}

}  // namespace mtproto::crypto
