// Drawing primes by trial division: at 31 bits that is a few thousand steps.
#include "localdc/pq_challenge.hpp"

#include <utility>

namespace mtproto::localdc {
namespace {

bool is_prime(std::uint32_t odd) {
    for (std::uint64_t divisor = 3; divisor * divisor <= odd; divisor += 2)
        if (odd % divisor == 0) return false;
    return true;
}

std::uint32_t draw_prime(random_source& random) {
    constexpr std::uint32_t low_30_bits = (1u << 30) - 1;
    for (;;) {
        const std::uint32_t candidate = (random.next_u32() & low_30_bits) | 1u << 30 | 1u;
        if (is_prime(candidate)) return candidate;
    }
}

}  // namespace

pq_challenge make_pq(random_source& random) {
    pq_challenge made{draw_prime(random), draw_prime(random)};
    while (made.p == made.q)
        made.q = draw_prime(random);
    if (made.p > made.q) std::swap(made.p, made.q);
    return made;
}

}  // namespace mtproto::localdc
