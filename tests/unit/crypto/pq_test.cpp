// Factoring published products and generated ones.
#include "crypto/pq.hpp"

#include "crypto/seeded_random.hpp"
#include "unit/crypto/hex.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace mtproto;
using namespace mtproto::crypto;
using test::hex;
using test::unhex;

namespace {

bool factors_are(std::uint64_t p, std::uint64_t q) {
    for (const std::uint64_t seed : {1, 2, 77}) {
        const auto found = factorise(p * q, seed);
        if (!found || found->p != p || found->q != q) return false;
    }
    return true;
}

bool is_prime(std::uint64_t x) {
    if (x < 2) return false;
    for (std::uint64_t d = 2; d * d <= x; ++d)
        if (x % d == 0) return false;
    return true;
}

std::vector<std::uint64_t> primes_from(std::uint64_t first, std::size_t count) {
    std::vector<std::uint64_t> found;
    for (std::uint64_t x = first; found.size() < count; ++x)
        if (is_prime(x)) found.push_back(x);
    return found;
}

}  // namespace

TEST_CASE("auth_key 2.2 published products are factored") {
    CHECK(factors_are(0x494c553b, 0x53911073));  // core.telegram.org/mtproto/samples-auth_key
    CHECK(factors_are(0x494c5c99, 0x494c778d));  // mtcute/mtcute utils/crypto/crypto.test-utils.ts
    CHECK(factors_are(1112973847, 1878321023));  // mtcute/mtcute utils/crypto/factorization.test.ts
    CHECK(factors_are(1206429347,
                      1218991343));  // the same, and Lonami/grammers grammers-crypto/src/factorize.rs
    CHECK(factors_are(1555252417, 1803100129));  // the same two
    CHECK(factors_are(1518968219, 1556064227));  // Lonami/grammers grammers-crypto/src/factorize.rs
    CHECK(factors_are(179424611, 179424673));    // tdlib/td tdutils/test/pq.cpp
    CHECK(factors_are(3, 7));                    // the same
    CHECK(factors_are(2, 2));                    // the same
}

TEST_CASE("auth_key 2.2 products of small and large primes are factored, squares too") {
    // tdlib/td tdutils/test/pq.cpp: every pair of these primes whose product is a legal pq
    std::vector<std::uint64_t> primes = primes_from(2, 25);
    for (const std::uint64_t from : {(1ull << 31) - 500000, (1ull << 32) - 500000})
        for (const std::uint64_t prime : primes_from(from, 5))
            primes.push_back(prime);
    primes.push_back(primes_from((1ull << 39) - 500000, 1)[0]);
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    for (std::size_t i = 0; i < primes.size(); ++i) {
        for (std::size_t j = i; j < primes.size(); ++j) {
            if (primes[i] > most / primes[j]) continue;
            CAPTURE(primes[i]);
            CAPTURE(primes[j]);
            REQUIRE(factors_are(primes[i], primes[j]));
        }
    }
}

TEST_CASE("auth_key 2.2 what has no two factors is refused") {
    for (const std::uint64_t bad :
         {0ull, 1ull, 2ull, 3ull, 5ull, 179424673ull, 9223372036854775783ull /* prime */, 1ull << 63, ~0ull})
        CHECK_FALSE(factorise(bad));
}

TEST_CASE("auth_key 2.2 numbers are minimal big-endian bytes") {
    CHECK(hex(to_big_endian(0x494c553b)) == "494c553b");
    CHECK(hex(to_big_endian(0x17ed48941a08f981)) == "17ed48941a08f981");
    CHECK(hex(to_big_endian(255)) == "ff");
    CHECK(hex(to_big_endian(0)) == "00");
    CHECK(*from_big_endian(unhex("17ed48941a08f981")) == 0x17ed48941a08f981);
    CHECK(*from_big_endian(unhex("0007")) == 7);
    CHECK_FALSE(from_big_endian({}));
    CHECK_FALSE(from_big_endian(unhex("000000000000000001")));
}

TEST_CASE("seeded randomness repeats, and does not depend on how it is drawn") {
    std::array<std::byte, 64> once, pieces;
    seeded_random(9).fill(once);
    seeded_random random(9);
    random.fill(byte_span(pieces).first(3));
    random.fill(byte_span(pieces).subspan(3, 40));
    random.fill(byte_span(pieces).subspan(43));
    CHECK(once == pieces);
    seeded_random(10).fill(pieces);
    CHECK(once != pieces);
    std::array<std::byte, 64> system{};
    system_random().fill(system);
    CHECK(system != std::array<std::byte, 64>{});
}
