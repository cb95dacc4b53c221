// Diffie-Hellman groups, values and exchanges.
#include "crypto/dh.hpp"

#include "base/endian.hpp"
#include "crypto/seeded_random.hpp"
#include "unit/crypto/hex.hpp"

#include <doctest/doctest.h>
#include <openssl/bn.h>

using namespace mtproto;
using namespace mtproto::crypto;
using test::hex;
using test::unhex_array;

namespace {

std::array<std::byte, 4> number(std::uint32_t value) {
    std::array<std::byte, 4> data;
    store_be(data.data(), value);
    return data;
}

bool good_group(std::int32_t g, std::uint32_t p) {
    return is_safe_prime(number(p)) && generates_subgroup(g, number(p));
}

// 2^1984 and the like: a one followed by zeros
dh_number power_of_two(std::size_t exponent) {
    dh_number made{};
    made[made.size() - 1 - exponent / 8] = static_cast<std::byte>(1u << exponent % 8);
    return made;
}

// a - b, for a >= b
dh_number difference(const dh_number& a, const dh_number& b) {
    dh_number made{};
    int borrow = 0;
    for (std::size_t i = made.size(); i-- > 0;) {
        const int digit = std::to_integer<int>(a[i]) - std::to_integer<int>(b[i]) - borrow;
        borrow = digit < 0 ? 1 : 0;
        made[i] = static_cast<std::byte>(digit & 255);
    }
    return made;
}

/// One of the groups of RFC 3526, padded on the left.
dh_number rfc3526(BIGNUM* prime) {
    dh_number made{};
    BN_bn2binpad(prime, reinterpret_cast<unsigned char*>(made.data()), static_cast<int>(made.size()));
    BN_free(prime);
    return made;
}

/// Draws the exponents that it was given, then others.
class drawn_first final : public random_source {
  public:
    explicit drawn_first(dh_number first) : first_(first) {}
    void fill(byte_span out) override {
        ++draws;
        if (draws > 1) return after_.fill(out);
        REQUIRE(out.size() == first_.size());
        std::copy(first_.begin(), first_.end(), out.begin());
    }
    int draws = 0;

  private:
    dh_number first_;
    seeded_random after_{11};
};

// Drawn for these tests and proved by OpenSSL's program: a prime whose half is none, and the double of a
// prime and one, which is none.
constexpr const char* prime_with_composite_half =
    "8c789ae95f557203301850c5a38fd547923a736994e3bf911a61dbe22e44158bae97ba94d0eda82f8f6d05584ef8aa38"
    "922766581e27a1c08a6a63ec24ede6a46b4cb2424a23d5962217beaddbc496cb8e81973e0becd7b03898d190f9ebdacc"
    "0cb1e29c658cda1495e60af593bd04cf0fd630f1f29d0da9953f48f1a09f76b5a170b33839263059f28c105d1fb17c23"
    "90c192cfd3ac94af0f21ddb66cad4a268d116ece1738f7d93d9c172411e20b8f6b0d549b6f03675a1600a35a099950d8"
    "36f675cc81e74ef5e8e25d940ed904759531985d5d9dc9f81818e811892f902bd23f0824128b2f330c5c7fd0a6a3a450"
    "6513270e269e0d37f2a74de452e6b603";
constexpr const char* composite_with_prime_half =
    "bf930a2530513f9ab34a94f763fdc11eae248484a0a38399a2ff3595c03ea0af940426bd2563a7e51dbc1af58775d53c"
    "27bddf0d562063a1ec8dc3e81412f92ed7e8d8d2fa595f05ddd597c44dd0eaaaaf21f05d83a7f9fe5475e9a8d61431d1"
    "061c0f783c731e20257a959df5d97a7137c979f8936c9410e5cd98757579da40afdc0b9bc012058efd7fe40d0ce68e42"
    "99ba40ab261add5e29e8e67e7cfa37f78f45d44165e299285c0a633596b8e84e7f31c4ee997b0f5ab92152b0e807c861"
    "d8cd4f0f2bcec3a2ee635e20a0d7e5df8df0ee30daed60fd103da2c55c5d62a8fe2a0a4869736bbf3ceed3621e840b69"
    "20f4e1862025e06f6c99c8451871f8c7";

}  // namespace

TEST_CASE("auth_key 2.9 small groups are judged as grammers judges them") {
    // Lonami/grammers grammers-crypto/src/two_factor_auth.rs, test_check_p_and_g
    CHECK_FALSE(is_safe_prime(number(4)));
    CHECK_FALSE(is_safe_prime(number(13)));
    CHECK_FALSE(good_group(2, 11));
    CHECK(good_group(2, 23));
    CHECK_FALSE(good_group(3, 13));
    CHECK(good_group(3, 47));
    CHECK(good_group(4, 11));
    CHECK_FALSE(good_group(5, 13));
    CHECK(good_group(5, 11));
    CHECK(good_group(5, 179));
    CHECK_FALSE(good_group(6, 13));
    CHECK(good_group(6, 383));
    CHECK_FALSE(good_group(7, 13));
    CHECK(good_group(7, 479));
    CHECK(good_group(7, 383));
    CHECK(good_group(7, 503));
}

TEST_CASE("auth_key 2.9 each generator asks its own condition of p, whatever else p is") {
    // Of a safe prime above 7, p % 3 is 2 anyway: only other numbers show that it is looked at.
    const auto holds = [](std::int32_t g, std::uint32_t p) {
        switch (g) {
            case 2:
                return p % 8 == 7;
            case 3:
                return p % 3 == 2;
            case 4:
                return true;
            case 5:
                return p % 5 == 1 || p % 5 == 4;
            case 6:
                return p % 24 == 19 || p % 24 == 23;
            default:
                return p % 7 == 3 || p % 7 == 5 || p % 7 == 6;
        }
    };
    for (std::uint32_t p = 1000; p < 1000 + 8 * 3 * 5 * 7; ++p)
        for (std::int32_t g = 2; g <= 7; ++g)
            REQUIRE(generates_subgroup(g, number(p)) == holds(g, p));
}

TEST_CASE(
    "auth_key 2.9 the table of generators agrees with the subgroup's definition for all small safe primes") {
    // g generates the subgroup of order q = (p - 1) / 2, or its trivial part, when g^q = 1 mod p.
    for (std::uint32_t p = 23; p < 2000; ++p) {
        if (!is_safe_prime(number(p))) continue;
        for (std::int32_t g = 2; g <= 7; ++g) {
            std::uint64_t power = 1;
            for (std::uint32_t i = 0; i < (p - 1) / 2; ++i)
                power = power * static_cast<std::uint64_t>(g) % p;
            CAPTURE(p);
            CAPTURE(g);
            CHECK(generates_subgroup(g, number(p)) == (power == 1));
        }
    }
}

TEST_CASE("auth_key 2.9 Telegram's prime is a safe prime with g = 3, also when nothing is taken as known") {
    // gotd/td crypto/check_gp_test.go
    CHECK(hex(telegram_dh_prime()).starts_with("c71caeb9c6b1c9048e6c522f70f13f73980d40238e3e21c1"));
    CHECK(hex(telegram_dh_prime())
              .ends_with("0d8115f635b105ee2e4e15d04b2454bf6f4fadf034b10403119cd8e3b92fcc5b"));
    CHECK(check_dh_group(3, telegram_dh_prime()));
    CHECK(check_dh_group(3, telegram_dh_prime(), {}));
    CHECK(check_dh_group(4, telegram_dh_prime()));
}

TEST_CASE("auth_key 2.9 other groups are refused") {
    CHECK_FALSE(check_dh_group(1337, telegram_dh_prime()));  // gotd/td crypto/check_gp_test.go
    CHECK_FALSE(check_dh_group(2, telegram_dh_prime()));
    CHECK_FALSE(check_dh_group(1, telegram_dh_prime()));
    CHECK_FALSE(check_dh_group(3, number(47)));  // safe, but small
    CHECK_FALSE(check_dh_group(3, {}));
    dh_number composite = telegram_dh_prime();
    composite[254] ^= std::byte{6};
    CHECK_FALSE(check_dh_group(4, composite));
    CHECK_FALSE(check_dh_group(4, unhex_array<dh_size>(prime_with_composite_half)));
    CHECK_FALSE(check_dh_group(4, unhex_array<dh_size>(composite_with_prime_half)));
    // Safe primes, but not Telegram's; the second one is too small.
    CHECK(check_dh_group(2, rfc3526(BN_get_rfc3526_prime_2048(nullptr))));
    CHECK_FALSE(check_dh_group(2, rfc3526(BN_get_rfc3526_prime_1536(nullptr))));
    std::vector<std::byte> longer(1);
    longer.insert(longer.end(), telegram_dh_prime().begin(), telegram_dh_prime().end());
    CHECK_FALSE(check_dh_group(3, longer));
}

TEST_CASE("auth_key 2.9 public values lie between 2^1984 and p - 2^1984") {
    const dh_number& p = telegram_dh_prime();
    const dh_number least = power_of_two(1984);
    const dh_number one = power_of_two(0);
    CHECK(check_dh_value(least, p));
    CHECK(check_dh_value(difference(p, least), p));
    CHECK_FALSE(check_dh_value(difference(least, one), p));
    CHECK_FALSE(
        check_dh_value(difference(difference(p, least), difference(dh_number{}, one)), p));  // one more
    CHECK_FALSE(check_dh_value(dh_number{}, p));
    CHECK_FALSE(check_dh_value(one, p));
    CHECK_FALSE(check_dh_value(difference(p, one), p));
    CHECK_FALSE(check_dh_value(p, p));
    CHECK_FALSE(check_dh_value({}, p));
}

TEST_CASE("auth_key 2.9 an own public value that is out of range is drawn again") {
    // g^1 is below 2^1984.
    const dh_number& p = telegram_dh_prime();
    drawn_first small(power_of_two(0));
    const auto pair = generate_dh(telegram_dh_g, p, small);
    REQUIRE(pair);
    CHECK(small.draws == 2);
    CHECK(check_dh_value(pair->value, p));
}

TEST_CASE("auth_key 2.12 both ends of an exchange arrive at the same key") {
    seeded_random random(4);
    const dh_number& p = telegram_dh_prime();
    const auto a = generate_dh(telegram_dh_g, p, random);
    const auto b = generate_dh(telegram_dh_g, p, random);
    REQUIRE(a);
    REQUIRE(b);
    const auto ab = dh_shared(b->value, a->exponent, p);
    const auto ba = dh_shared(a->value, b->exponent, p);
    REQUIRE(ab);
    REQUIRE(ba);
    CHECK(constant_time_equal(*ab, *ba));
    CHECK_FALSE(constant_time_equal(*ab, a->exponent));
    CHECK_FALSE(dh_shared(dh_number{}, a->exponent, p));
}

TEST_CASE("modular powers are right and left padded") {
    dh_number modulus{};
    modulus.back() = std::byte{47};
    const auto power = mod_exp(number(3), number(6), modulus);
    REQUIRE(power);
    CHECK(hex(*power) == std::string(510, '0') + "18");
    modulus.back() = std::byte{46};
    CHECK_FALSE(mod_exp(number(3), number(6), modulus));
    CHECK_FALSE(to_dh_number(std::vector<std::byte>(257)));
    CHECK(hex(*to_dh_number(number(1))) == std::string(511, '0') + "1");
}
