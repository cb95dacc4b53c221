// SRP with Telegram's conventions (core.telegram.org/api/srp): H is SHA-256, every number is padded to 256
// bytes.
#include "crypto/srp.hpp"

#include "base/endian.hpp"
#include "crypto/bignum.hpp"

#include <algorithm>

namespace mtproto::crypto {
namespace {

constexpr std::uint32_t pbkdf2_rounds = 100'000;  // named in the algorithm's TL constructor
constexpr std::size_t least_b_size = 248;         // bytes of B without leading zeros

dh_number padded(std::int32_t small) noexcept {
    dh_number made{};
    store_be(made.data() + made.size() - 4, static_cast<std::uint32_t>(small));
    return made;
}
dh_number padded(const bignum& number) {
    dh_number made;
    store_bignum(number, made);
    return made;
}
secret<dh_size> secretly_padded(const bignum& number) {
    secret<dh_size> made;
    store_bignum(number, made.span());
    return made;
}

// SH(data, salt)
sha256_digest salted_hash(byte_view data, byte_view salt) {
    return sha256({salt, data, salt});
}

// x = PH2(password)
secret<32> password_hash(const srp_group& group, std::string_view password) {
    sha256_digest once = salted_hash(as_bytes(password), group.salt1);
    sha256_digest twice = salted_hash(once, group.salt2);
    secret<64> stretched;
    pbkdf2_sha512(twice, group.salt1, pbkdf2_rounds, stretched.span());
    sha256_digest last = salted_hash(stretched, group.salt2);
    secret<32> made{last};
    for (sha256_digest* used : {&once, &twice, &last})
        wipe(*used);
    return made;
}

// M1
sha256_digest proof(byte_view p, std::int32_t g, byte_view salt1_hash, byte_view salt2_hash,
                    byte_view a_public, byte_view b_public, const bignum& s) {
    sha256_digest mixed = sha256(p);
    const sha256_digest g_hash = sha256(padded(g));
    for (std::size_t i = 0; i < mixed.size(); ++i)
        mixed[i] ^= g_hash[i];
    sha256_digest k = sha256(secretly_padded(s));
    const sha256_digest m1 = sha256({mixed, salt1_hash, salt2_hash, a_public, b_public, k});
    wipe(k);
    return m1;
}

std::size_t significant_bytes(byte_view number) noexcept {
    return static_cast<std::size_t>(
        number.end() -
        std::find_if(number.begin(), number.end(), [](std::byte b) { return b != std::byte{0}; }));
}

bignum product_mod(const bignum& a, const bignum& b, const bignum& p, BN_CTX* context) {
    bignum made = new_bignum();
    require_bn(BN_mod_mul(made.get(), a.get(), b.get(), p.get(), context));
    return made;
}

}  // namespace

srp_proof srp_compute(const srp_group& group, const dh_number& b_public, std::string_view password,
                      const secret<dh_size>& a) {
    const bignum_context context = new_bignum_context();
    const bignum p = new_bignum(group.p);
    const bignum g = new_bignum(static_cast<unsigned long>(group.g));
    const bignum a_number = new_bignum(a);
    const bignum x = new_bignum(password_hash(group, password));

    srp_proof made;
    made.a_public = padded(secret_power(g, a_number, p, context.get()));
    const bignum u = new_bignum(byte_view(sha256({made.a_public, b_public})));
    const bignum k = new_bignum(byte_view(sha256({group.p, padded(group.g)})));

    // t = (B - k * g^x) mod p
    const bignum kv = product_mod(k, secret_power(g, x, p, context.get()), p, context.get());
    const bignum t = new_bignum();
    require_bn(BN_mod_sub(t.get(), new_bignum(byte_view(b_public)).get(), kv.get(), p.get(), context.get()));
    // S = t^(a + u * x) mod p
    const bignum exponent = new_bignum();
    require_bn(BN_mul(exponent.get(), u.get(), x.get(), context.get()));
    require_bn(BN_add(exponent.get(), exponent.get(), a_number.get()));
    const bignum s = secret_power(t, exponent, p, context.get());

    made.m1 = proof(group.p, group.g, sha256(group.salt1), sha256(group.salt2), made.a_public, b_public, s);
    return made;
}

result<srp_proof> srp_prove(const srp_group& group, byte_view b_public, std::string_view password,
                            random_source& random) {
    if (auto checked = check_dh_group(group.g, group.p); !checked) return checked.error();
    const auto b = to_dh_number(b_public);
    if (!b || significant_bytes(*b) < least_b_size ||
        !std::lexicographical_compare(b->begin(), b->end(), group.p.begin(), group.p.end()))
        return errc::handshake_failed;
    secret<dh_size> a;
    random.fill(a.span());
    const srp_proof made = srp_compute(group, *b, password, a);
    // u = 0 would leave the password out of the proof; A like any public value must not be a weak one.
    if (significant_bytes(sha256({made.a_public, *b})) == 0) return errc::handshake_failed;
    const auto p = to_dh_number(group.p);
    if (auto checked = check_dh_value(made.a_public, *p); !checked) return checked.error();
    return made;
}

result<secret<dh_size>> srp_verifier(const srp_group& group, std::string_view password) {
    const auto p = to_dh_number(group.p);
    if (!p || group.g < 2) return errc::bad_argument;
    return mod_exp(padded(group.g), password_hash(group, password), *p);
}

result<srp_challenge> srp_challenge::make(const srp_group& group, const secret<dh_size>& verifier,
                                          random_source& random) {
    const auto p = to_dh_number(group.p);
    if (!p || group.p.size() != dh_size || group.g < 2) return errc::bad_argument;
    srp_challenge made;
    random.fill(made.b_.span());
    made.verifier_ = verifier;
    made.p_ = *p;
    made.g_ = group.g;
    made.salt1_hash_ = sha256(group.salt1);
    made.salt2_hash_ = sha256(group.salt2);

    // B = (k * v + g^b) mod p
    const bignum_context context = new_bignum_context();
    const bignum modulus = new_bignum(byte_view(made.p_));
    const bignum k = new_bignum(byte_view(sha256({made.p_, padded(group.g)})));
    const bignum kv = product_mod(k, new_bignum(verifier), modulus, context.get());
    const bignum g_b = secret_power(new_bignum(static_cast<unsigned long>(group.g)), new_bignum(made.b_),
                                    modulus, context.get());
    const bignum sum = new_bignum();
    require_bn(BN_mod_add(sum.get(), kv.get(), g_b.get(), modulus.get(), context.get()));
    made.b_public_ = padded(sum);
    return made;
}

bool srp_challenge::accepts(byte_view a_public, byte_view m1) const {
    const auto a = to_dh_number(a_public);
    if (!a || !check_dh_value(*a, p_)) return false;
    // S = (A * v^u)^b mod p
    const bignum_context context = new_bignum_context();
    const bignum p = new_bignum(byte_view(p_));
    const bignum u = new_bignum(byte_view(sha256({*a, b_public_})));
    const bignum v_u = secret_power(new_bignum(verifier_), u, p, context.get());
    const bignum base = product_mod(new_bignum(byte_view(*a)), v_u, p, context.get());
    const bignum s = secret_power(base, new_bignum(b_), p, context.get());
    return constant_time_equal(proof(p_, g_, salt1_hash_, salt2_hash_, *a, b_public_, s), m1);
}

}  // namespace mtproto::crypto
