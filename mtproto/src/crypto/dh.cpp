// Diffie-Hellman and its checks.
#include "crypto/dh.hpp"

#include "crypto/bignum.hpp"

#include <algorithm>

namespace mtproto::crypto {
namespace {

constexpr int group_bits = 2048;
constexpr int margin_bits = group_bits - 64;  // 2^1984 of protocol 2.9

bool is_prime(const BIGNUM* number, BN_CTX* context) {
    const int answer = BN_check_prime(number, context, nullptr);
    if (answer < 0) throw std::runtime_error("OpenSSL refused to test a prime");
    return answer == 1;
}

bool safe_prime(const bignum& p, BN_CTX* context) {
    const bignum half = new_bignum();
    require_bn(BN_rshift1(half.get(), p.get()));
    // The half first: a bad p fails at either, and most candidates fail at once.
    return BN_is_odd(p.get()) && is_prime(half.get(), context) && is_prime(p.get(), context);
}

}  // namespace

const dh_number& telegram_dh_prime() noexcept {
    // core.telegram.org/mtproto/auth_key, and what the servers send
    static const dh_number prime = [] {
        constexpr std::uint64_t words[] = {
            0xc71caeb9c6b1c904, 0x8e6c522f70f13f73, 0x980d40238e3e21c1, 0x4934d037563d930f,
            0x48198a0aa7c14058, 0x229493d22530f4db, 0xfa336f6e0ac92513, 0x9543aed44cce7c37,
            0x20fd51f69458705a, 0xc68cd4fe6b6b13ab, 0xdc97465129693284, 0x54f18faf8c595f64,
            0x2477fe96bb2a941d, 0x5bcd1d4ac8cc4988, 0x0708fa9b378e3c4f, 0x3a9060bee67cf9a4,
            0xa4a695811051907e, 0x162753b56b0f6b41, 0x0dba74d8a84b2a14, 0xb3144e0ef1284754,
            0xfd17ed950d5965b4, 0xb9dd46582db1178d, 0x169c6bc465b0d6ff, 0x9ca3928fef5b9ae4,
            0xe418fc15e83ebea0, 0xf87fa9ff5eed7005, 0x0ded2849f47bf959, 0xd956850ce929851f,
            0x0d8115f635b105ee, 0x2e4e15d04b2454bf, 0x6f4fadf034b10403, 0x119cd8e3b92fcc5b};
        dh_number made{};
        for (std::size_t i = 0; i < made.size(); ++i)
            made[i] = static_cast<std::byte>(words[i / 8] >> (56 - 8 * (i % 8)) & 0xff);
        return made;
    }();
    return prime;
}

result<dh_number> to_dh_number(byte_view big_endian) {
    dh_number made{};
    if (big_endian.size() > made.size()) return errc::malformed;
    std::copy(big_endian.begin(), big_endian.end(),
              made.end() - static_cast<std::ptrdiff_t>(big_endian.size()));
    return made;
}

bool is_safe_prime(byte_view p) {
    return safe_prime(new_bignum(p), new_bignum_context().get());
}

bool generates_subgroup(std::int32_t g, byte_view p) {
    const bignum number = new_bignum(p);
    const auto remainder = [&number](BN_ULONG divisor) { return BN_mod_word(number.get(), divisor); };
    switch (g) {
        case 2:
            return remainder(8) == 7;
        case 3:
            return remainder(3) == 2;
        case 4:
            return true;
        case 5:
            return remainder(5) == 1 || remainder(5) == 4;
        case 6:
            return remainder(24) == 19 || remainder(24) == 23;
        case 7:
            return remainder(7) == 3 || remainder(7) == 5 || remainder(7) == 6;
        default:
            return false;
    }
}

result<void> check_dh_group(std::int32_t g, byte_view p, std::span<const dh_number> known_primes) {
    if (p.size() != dh_size || (p[0] & std::byte{0x80}) == std::byte{0}) return errc::handshake_failed;
    if (!generates_subgroup(g, p)) return errc::handshake_failed;
    for (const dh_number& known : known_primes)
        if (std::equal(p.begin(), p.end(), known.begin())) return {};
    if (!is_safe_prime(p)) return errc::handshake_failed;
    return {};
}

result<void> check_dh_group(std::int32_t g, byte_view p) {
    return check_dh_group(g, p, {&telegram_dh_prime(), 1});
}

result<void> check_dh_value(byte_view value, const dh_number& p) {
    const bignum number = new_bignum(value);
    const bignum least = new_bignum();
    require_bn(BN_set_bit(least.get(), margin_bits));
    const bignum most = new_bignum();
    require_bn(BN_sub(most.get(), new_bignum(p).get(), least.get()));
    if (BN_cmp(number.get(), least.get()) < 0 || BN_cmp(number.get(), most.get()) > 0)
        return errc::handshake_failed;
    return {};
}

result<secret<dh_size>> mod_exp(byte_view base, byte_view exponent, const dh_number& modulus) {
    const bignum odd = new_bignum(modulus);
    if (!BN_is_odd(odd.get())) return errc::bad_argument;
    const bignum_context context = new_bignum_context();
    secret<dh_size> made;
    store_bignum(secret_power(new_bignum(base), new_bignum(exponent), odd, context.get()), made.span());
    return made;
}

result<dh_pair> generate_dh(std::int32_t g, const dh_number& p, random_source& random) {
    // The chance that a value is out of range is 2^-63: a few draws can only fail when the group is broken.
    constexpr int most_draws = 8;
    if (g < 2) return errc::bad_argument;
    const std::byte base[] = {static_cast<std::byte>(g)};
    for (int draw = 0; draw < most_draws; ++draw) {
        dh_pair pair;
        random.fill(pair.exponent.span());
        auto value = mod_exp(base, pair.exponent, p);
        if (!value) return value.error();
        std::copy_n(value->data(), dh_size, pair.value.begin());
        if (check_dh_value(pair.value, p)) return pair;
    }
    return errc::handshake_failed;
}

result<secret<dh_size>> dh_shared(byte_view peer_value, const secret<dh_size>& exponent, const dh_number& p) {
    if (auto checked = check_dh_value(peer_value, p); !checked) return checked.error();
    return mod_exp(peer_value, exponent, p);
}

}  // namespace mtproto::crypto
