// RSA as the handshake uses it: raw 2048-bit operations and RSA_PAD (protocol 2.3, 2.5).
#pragma once

#include "crypto/secret.hpp"

#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace mtproto::crypto {

inline constexpr std::size_t rsa_size = 256;  ///< bytes of a 2048-bit number
using rsa_block = std::array<std::byte, rsa_size>;

inline constexpr std::size_t rsa_pad_max_data = 144;     ///< what RSA_PAD carries at most
inline constexpr std::size_t rsa_pad_padded_size = 192;  ///< data and random padding

/// A server's public key, of 2048 bits. A value; copies are cheap enough to pass around.
class rsa_public_key {
  public:
    /// Reads PKCS#1 ("BEGIN RSA PUBLIC KEY") or SubjectPublicKeyInfo ("BEGIN PUBLIC KEY").
    /// errc::malformed for anything else, and for keys that are not 2048 bits.
    static result<rsa_public_key> from_pem(std::string_view pem);
    /// From big-endian modulus and exponent.
    static result<rsa_public_key> from_numbers(byte_view n, byte_view e);

    /// The number by which servers name the key (protocol 2.3).
    std::int64_t fingerprint() const noexcept { return fingerprint_; }
    /// Big endian, without leading zeros.
    byte_view modulus() const noexcept { return n_; }
    byte_view exponent() const noexcept { return e_; }
    /// PKCS#1.
    std::string to_pem() const;

    /// message^e mod n. errc::bad_argument unless the number is less than n.
    result<rsa_block> raw(std::span<const std::byte, rsa_size> message) const;
    /// RSA_PAD (protocol 2.5) of at most 144 bytes. Draws 192 - size bytes of padding, then 32 of temp key a
    /// try.
    result<rsa_block> encrypt(byte_view data, random_source& random) const;

  private:
    rsa_public_key(byte_view n, byte_view e);

    std::vector<std::byte> n_;
    std::vector<std::byte> e_;
    std::int64_t fingerprint_ = 0;
};

/// The key of one's own data centre. Copies share the key.
class rsa_private_key {
  public:
    /// A new key of 2048 bits with e = 65537. Takes some 100 ms.
    static result<rsa_private_key> generate();
    /// Reads a PKCS#1 or PKCS#8 PEM without a password.
    static result<rsa_private_key> from_pem(std::string_view pem);

    /// PKCS#8, not encrypted: the caller keeps it to a file of mode 0600.
    std::string to_pem() const;
    const rsa_public_key& public_key() const noexcept;

    /// cipher^d mod n. errc::bad_argument unless the number is less than n.
    result<secret<rsa_size>> raw(std::span<const std::byte, rsa_size> cipher) const;
    /// Undoes RSA_PAD and verifies its hash: the 192 bytes of data and padding, or errc::malformed.
    result<secret<rsa_pad_padded_size>> decrypt(std::span<const std::byte, rsa_size> cipher) const;

  private:
    struct state;
    explicit rsa_private_key(std::shared_ptr<const state> state) : state_(std::move(state)) {}
    std::shared_ptr<const state> state_;
};

/// The public keys of Telegram's own data centres in use (protocol 2.13).
std::span<const rsa_public_key> telegram_production_keys();
std::span<const rsa_public_key> telegram_test_keys();

/// The first of `keys` that is among the fingerprints a server offers, or null.
const rsa_public_key* find_rsa_key(std::span<const rsa_public_key> keys,
                                   std::span<const std::int64_t> fingerprints);

}  // namespace mtproto::crypto
