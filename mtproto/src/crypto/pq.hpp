// Factoring the handshake's proof of work, and its numbers as minimal big-endian bytes (protocol 2.2).
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstdint>

namespace mtproto::crypto {

struct pq_factors {
    std::uint64_t p = 0;  ///< the smaller one
    std::uint64_t q = 0;
};

/// Both factors of pq <= 2^63 - 1, p <= q, p > 1 (Pollard's rho as improved by Brent, in Montgomery form;
/// `seed` decides its path, not its answer). errc::bad_argument when pq is prime, below 4 or too large.
result<pq_factors> factorise(std::uint64_t pq, std::uint64_t seed = 1);

/// The number of at most 8 big-endian bytes. errc::malformed when there are more, or none.
result<std::uint64_t> from_big_endian(byte_view data);
/// Big endian without leading zeros (one byte for 0).
bytes to_big_endian(std::uint64_t value);

}  // namespace mtproto::crypto
