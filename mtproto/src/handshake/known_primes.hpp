// The primes that were found good.
#pragma once

#include "crypto/dh.hpp"

#include <span>
#include <vector>

namespace mtproto::handshake {

/// Groups that were found good (protocol 2.9): proving a prime costs some 100 ms of CPU time, so a client
/// keeps one of these for all its exchanges. Begins with the prime that Telegram's servers send. Not thread
/// safe.
class known_primes {
  public:
    known_primes() : primes_{crypto::telegram_dh_prime()} {}

    std::span<const crypto::dh_number> all() const noexcept { return primes_; }
    /// Remembers a prime that was proven. A few at most: a server that sends ever new ones is not worth the
    /// memory.
    void add(const crypto::dh_number& prime);

  private:
    std::vector<crypto::dh_number> primes_;
};

}  // namespace mtproto::handshake
