// scrypt by OpenSSL's EVP_KDF.
#include "crypto/scrypt.hpp"

#include <openssl/core_names.h>
#include <openssl/kdf.h>
#include <openssl/params.h>

#include <memory>
#include <new>
#include <stdexcept>

namespace mtproto::crypto {
namespace {

struct kdf_delete {
    void operator()(EVP_KDF* kdf) const noexcept { EVP_KDF_free(kdf); }
    void operator()(EVP_KDF_CTX* context) const noexcept { EVP_KDF_CTX_free(context); }
};

OSSL_PARAM octets(const char* name, byte_view data) {
    // OpenSSL reads what these point to, and takes a null pointer for no value at all.
    static std::byte nothing{};
    auto* from = data.empty() ? &nothing : const_cast<std::byte*>(data.data());
    return OSSL_PARAM_construct_octet_string(name, from, data.size());
}

}  // namespace

bool scrypt(byte_view passphrase, byte_view salt, const scrypt_cost& cost, byte_span out) {
    const std::unique_ptr<EVP_KDF, kdf_delete> kdf(EVP_KDF_fetch(nullptr, "SCRYPT", nullptr));
    if (!kdf) throw std::runtime_error("OpenSSL has no SCRYPT");
    const std::unique_ptr<EVP_KDF_CTX, kdf_delete> context(EVP_KDF_CTX_new(kdf.get()));
    if (!context) throw std::bad_alloc();
    std::uint64_t n = cost.n;
    std::uint32_t r = cost.r, p = cost.p;
    // OpenSSL's own limit is 32 MiB.
    std::uint64_t memory = std::uint64_t{128} * r * (n + p + 2) + (1u << 20);
    const OSSL_PARAM parameters[] = {octets(OSSL_KDF_PARAM_PASSWORD, passphrase),
                                     octets(OSSL_KDF_PARAM_SALT, salt),
                                     OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_N, &n),
                                     OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_R, &r),
                                     OSSL_PARAM_construct_uint32(OSSL_KDF_PARAM_SCRYPT_P, &p),
                                     OSSL_PARAM_construct_uint64(OSSL_KDF_PARAM_SCRYPT_MAXMEM, &memory),
                                     OSSL_PARAM_construct_end()};
    return EVP_KDF_derive(context.get(), reinterpret_cast<unsigned char*>(out.data()), out.size(),
                          parameters) == 1;
}

}  // namespace mtproto::crypto
