// Remembers a few primes.
#include "handshake/known_primes.hpp"

#include <algorithm>

namespace mtproto::handshake {
namespace {

constexpr std::size_t most_primes = 8;

}  // namespace

void known_primes::add(const crypto::dh_number& prime) {
    if (primes_.size() < most_primes && std::find(primes_.begin(), primes_.end(), prime) == primes_.end())
        primes_.push_back(prime);
}

}  // namespace mtproto::handshake
