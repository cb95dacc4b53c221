// OpenSSL's big numbers with owners. Private to crypto.
#pragma once

#include <mtproto/bytes.hpp>

#include <openssl/bn.h>

#include <memory>
#include <new>
#include <stdexcept>

namespace mtproto::crypto {

struct bignum_delete {
    void operator()(BIGNUM* number) const noexcept { BN_clear_free(number); }
    void operator()(BN_CTX* context) const noexcept { BN_CTX_free(context); }
    void operator()(BN_MONT_CTX* context) const noexcept { BN_MONT_CTX_free(context); }
};
/// Cleared when it goes.
using bignum = std::unique_ptr<BIGNUM, bignum_delete>;
using bignum_context = std::unique_ptr<BN_CTX, bignum_delete>;

inline void require_bn(int done) {
    if (done != 1) throw std::runtime_error("OpenSSL refused to calculate");
}

inline bignum new_bignum() {
    bignum made(BN_secure_new());
    if (!made) throw std::bad_alloc();
    return made;
}
inline bignum new_bignum(byte_view big_endian) {
    bignum made = new_bignum();
    if (!BN_bin2bn(reinterpret_cast<const unsigned char*>(big_endian.data()),
                   static_cast<int>(big_endian.size()), made.get()))
        throw std::bad_alloc();
    return made;
}
inline bignum new_bignum(unsigned long value) {
    bignum made = new_bignum();
    require_bn(BN_set_word(made.get(), value));
    return made;
}
inline bignum_context new_bignum_context() {
    bignum_context made(BN_CTX_secure_new());
    if (!made) throw std::bad_alloc();
    return made;
}

/// Writes the number left padded; it must fit.
inline void store_bignum(const bignum& number, byte_span out) {
    if (BN_bn2binpad(number.get(), reinterpret_cast<unsigned char*>(out.data()),
                     static_cast<int>(out.size())) < 0)
        throw std::runtime_error("a number is larger than its field");
}

/// base^exponent mod modulus (odd), in time that does not depend on the exponent's bits.
inline bignum secret_power(const bignum& base, const bignum& exponent, const bignum& modulus,
                           BN_CTX* context) {
    bignum reduced = new_bignum();
    require_bn(BN_nnmod(reduced.get(), base.get(), modulus.get(), context));
    bignum made = new_bignum();
    require_bn(BN_mod_exp_mont_consttime(made.get(), reduced.get(), exponent.get(), modulus.get(), context,
                                         nullptr));
    return made;
}

}  // namespace mtproto::crypto
