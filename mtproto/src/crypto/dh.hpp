// Diffie-Hellman over 2048-bit safe primes, with the checks that keep a server from choosing weak ones
// (protocol 2.9).
#pragma once

#include "crypto/secret.hpp"

#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <array>
#include <cstdint>
#include <span>

namespace mtproto::crypto {

inline constexpr std::size_t dh_size = 256;  ///< bytes of a number in the group
/// A number of the group, big endian, left padded.
using dh_number = std::array<std::byte, dh_size>;

/// The prime that Telegram's servers have sent for years; good with every g it is used with. Local data
/// centres use it.
const dh_number& telegram_dh_prime() noexcept;
/// The generator that goes with it.
inline constexpr std::int32_t telegram_dh_g = 3;

/// The number in 256 bytes. errc::malformed when it is longer.
result<dh_number> to_dh_number(byte_view big_endian);

/// Whether p and (p - 1) / 2 are prime, whatever the size of p.
bool is_safe_prime(byte_view p);
/// Whether g is one of 2 to 7 and generates the subgroup of order (p - 1) / 2, by the table of 2.9.
bool generates_subgroup(std::int32_t g, byte_view p);

/// Whether g and p make a group that may be used: p a safe prime of 2048 bits, g of a prime subgroup's order
/// by the table of 2.9. Proving a prime costs some 100 ms, so those in `known_primes` are taken as proven.
/// errc::handshake_failed when not.
result<void> check_dh_group(std::int32_t g, byte_view p, std::span<const dh_number> known_primes);
/// The same with telegram_dh_prime() as the one that is known.
result<void> check_dh_group(std::int32_t g, byte_view p);

/// Whether 2^1984 <= value <= p - 2^1984: holds for g_a and g_b alike. errc::handshake_failed when not.
result<void> check_dh_value(byte_view value, const dh_number& p);

/// base^exponent mod modulus, in time that does not depend on the exponent's bits. The modulus must be odd.
result<secret<dh_size>> mod_exp(byte_view base, byte_view exponent, const dh_number& modulus);

struct dh_pair {
    secret<dh_size> exponent;
    dh_number value;  ///< g^exponent mod p, already checked
};

/// A fresh exponent of 2048 bits and its public value; draws again in the (absurdly rare) case that the value
/// fails check_dh_value.
result<dh_pair> generate_dh(std::int32_t g, const dh_number& p, random_source& random);

/// The shared secret, left padded: the auth key. Checks the peer's value first.
result<secret<dh_size>> dh_shared(byte_view peer_value, const secret<dh_size>& exponent, const dh_number& p);

}  // namespace mtproto::crypto
