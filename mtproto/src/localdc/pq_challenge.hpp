// The proof of work that begins a key exchange: a product of two primes that the client has to factor.
#pragma once

#include <mtproto/random.hpp>

#include <cstdint>

namespace mtproto::localdc {

struct pq_challenge {
    std::uint64_t p = 0;  ///< the smaller one
    std::uint64_t q = 0;
    std::uint64_t product() const noexcept { return p * q; }
};

/// Two different random primes of 31 bits, as Telegram's servers choose them.
pq_challenge make_pq(random_source& random);

}  // namespace mtproto::localdc
