// Factoring: Pollard's rho with Brent's cycle finding (R. P. Brent, An improved Monte Carlo factorization
// algorithm, BIT 20, 1980), products batched between gcds, all in Montgomery form.
#include "crypto/pq.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <limits>
#include <numeric>

namespace mtproto::crypto {
namespace {

__extension__ using uint128 = unsigned __int128;

// Arithmetic modulo an odd number below 2^63, on numbers multiplied by 2^64.
class montgomery {
  public:
    explicit montgomery(std::uint64_t odd) : n_(odd) {
        for (int bits = 3; bits < 64; bits *= 2)
            inverse_ *= 2 - n_ * inverse_;  // Newton: doubles the right bits
        one_ = static_cast<std::uint64_t>((uint128{1} << 64) % n_);
        square_ = static_cast<std::uint64_t>(uint128{one_} * one_ % n_);
    }

    std::uint64_t multiply(std::uint64_t a, std::uint64_t b) const noexcept {
        const uint128 product = uint128{a} * b;
        const std::uint64_t low = static_cast<std::uint64_t>(product) * inverse_;
        const auto high = static_cast<std::uint64_t>(product >> 64);
        const auto reduced = static_cast<std::uint64_t>(uint128{low} * n_ >> 64);
        return high >= reduced ? high - reduced : high + n_ - reduced;
    }
    std::uint64_t add(std::uint64_t a, std::uint64_t b) const noexcept {
        const std::uint64_t sum = a + b;
        return sum >= n_ ? sum - n_ : sum;
    }
    std::uint64_t enter(std::uint64_t a) const noexcept { return multiply(a % n_, square_); }
    std::uint64_t one() const noexcept { return one_; }
    std::uint64_t power(std::uint64_t base, std::uint64_t exponent) const noexcept {
        std::uint64_t made = one_;
        for (; exponent > 0; exponent >>= 1, base = multiply(base, base))
            if (exponent & 1) made = multiply(made, base);
        return made;
    }

  private:
    std::uint64_t n_;
    std::uint64_t inverse_ = n_;  // right in the lowest 3 bits, for odd numbers
    std::uint64_t one_ = 0;
    std::uint64_t square_ = 0;
};

// Miller-Rabin; these bases decide every number of 64 bits (J. Sorenson, J. Webster).
bool is_prime(std::uint64_t odd) {
    constexpr std::array<std::uint64_t, 12> bases = {2, 3, 5, 7, 11, 13, 17, 19, 23, 29, 31, 37};
    if (odd < 2) return false;
    for (const std::uint64_t small : bases)
        if (odd % small == 0) return odd == small;
    const montgomery m(odd);
    const std::uint64_t minus_one = odd - m.one();
    const int twos = std::countr_zero(odd - 1);
    for (const std::uint64_t base : bases) {
        std::uint64_t x = m.power(m.enter(base), (odd - 1) >> twos);
        bool composite = x != m.one() && x != minus_one;
        for (int i = 1; composite && i < twos; ++i) {
            x = m.multiply(x, x);
            composite = x != minus_one;
        }
        if (composite) return false;
    }
    return true;
}

std::uint64_t distance(std::uint64_t a, std::uint64_t b) noexcept {
    return a > b ? a - b : b - a;
}

// One walk x -> x^2 + c; a factor, or n when this walk finds none.
std::uint64_t walk(std::uint64_t n, const montgomery& m, std::uint64_t start, std::uint64_t c) {
    constexpr std::uint64_t batch = 128;  // steps between gcds
    std::uint64_t y = start, x = start, before = start, factor = 1;
    for (std::uint64_t length = 1; factor == 1; length *= 2) {
        x = y;
        for (std::uint64_t i = 0; i < length; ++i)
            y = m.add(m.multiply(y, y), c);
        for (std::uint64_t done = 0; done < length && factor == 1; done += batch) {
            before = y;
            std::uint64_t product = m.one();
            for (std::uint64_t i = std::min(batch, length - done); i > 0; --i) {
                y = m.add(m.multiply(y, y), c);
                product = m.multiply(product, distance(x, y));
            }
            factor = std::gcd(product, n);
        }
    }
    if (factor != n) return factor;
    // Both factors fell into one batch: go through it again step by step.
    do {
        before = m.add(m.multiply(before, before), c);
        factor = std::gcd(distance(x, before), n);
    } while (factor == 1);
    return factor;
}

pq_factors in_order(std::uint64_t pq, std::uint64_t factor) {
    return {std::min(factor, pq / factor), std::max(factor, pq / factor)};
}

}  // namespace

result<pq_factors> factorise(std::uint64_t pq, std::uint64_t seed) {
    if (pq < 4 || pq > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
        return errc::bad_argument;
    if (pq % 2 == 0) return in_order(pq, 2);
    if (is_prime(pq)) return errc::bad_argument;
    // A walk modulo a prime's square tends to find the square itself.
    auto root = static_cast<std::uint64_t>(std::sqrt(static_cast<double>(pq)));
    while (root * root > pq)
        --root;
    while ((root + 1) * (root + 1) <= pq)
        ++root;
    if (root * root == pq) return in_order(pq, root);

    const montgomery m(pq);
    for (;; ++seed) {
        const std::uint64_t factor = walk(pq, m, m.enter(seed + 1), m.enter(seed * 2 + 1));
        if (factor != pq) return in_order(pq, factor);
    }
}

result<std::uint64_t> from_big_endian(byte_view data) {
    if (data.empty() || data.size() > sizeof(std::uint64_t)) return errc::malformed;
    std::uint64_t value = 0;
    for (const std::byte byte : data)
        value = value << 8 | std::to_integer<std::uint64_t>(byte);
    return value;
}

bytes to_big_endian(std::uint64_t value) {
    std::array<std::byte, sizeof value> digits;
    std::size_t used = 0;
    do {
        digits[digits.size() - ++used] = static_cast<std::byte>(value & 0xff);
        value >>= 8;
    } while (value > 0);
    return bytes::copy(byte_view(digits).last(used));
}

}  // namespace mtproto::crypto
