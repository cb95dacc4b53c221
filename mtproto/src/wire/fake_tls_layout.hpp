// The numbers of fake TLS (protocol 1.9 to 1.11), and a writer of its records. Private to wire.
#pragma once

#include "base/endian.hpp"
#include "crypto/x25519.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/random.hpp>

#include <array>
#include <cstdint>
#include <vector>

namespace mtproto::wire {

inline constexpr std::size_t tls_head_size = 5;  // of a record: type, version, length
inline constexpr std::size_t tls_random_at = 11;
inline constexpr std::size_t tls_random_size = 32;
inline constexpr std::size_t tls_session_id_at = tls_random_at + tls_random_size;
/// RFC 8446, 5.2: what an encrypted record may hold at most.
inline constexpr std::size_t tls_most_in_record = (std::size_t{1} << 14) + 256;

inline constexpr unsigned tls_1_2 = 0x0303;
inline constexpr unsigned tls_x25519 = 0x001d;  // a group of keys

inline constexpr std::byte tls_handshake{0x16};
inline constexpr std::byte tls_change_cipher{0x14};
inline constexpr std::byte tls_application{0x17};

/// A whole record: the cipher changes.
inline constexpr std::array<std::byte, 6> tls_change_cipher_record{
    tls_change_cipher, std::byte{3}, std::byte{3}, std::byte{0}, std::byte{1}, std::byte{1}};

/// Whether a record's head, of which 5 bytes are there, has this type and says TLS 1.2 as all of them do but
/// a client's first.
inline bool is_tls_record(const std::byte* head, std::byte type) noexcept {
    return head[0] == type && head[1] == std::byte{3} && head[2] == std::byte{3};
}
inline std::size_t tls_record_length(const std::byte* head) noexcept {
    return load_be<std::uint16_t>(head + 3);
}

/// Writes big-endian numbers, and lengths of what follows once that is known.
class tls_writer {
  public:
    void u8(unsigned value) { made_.push_back(static_cast<std::byte>(value & 0xff)); }
    void u16(unsigned value) {
        u8(value >> 8);
        u8(value);
    }
    void raw(byte_view data) { made_.insert(made_.end(), data.begin(), data.end()); }
    void zeros(std::size_t count) { made_.resize(made_.size() + count); }
    std::size_t size() const noexcept { return made_.size(); }

    /// What `inside` writes, behind its length in two bytes.
    template <class Inside>
    void counted(Inside inside) {
        const std::size_t at = made_.size();
        u16(0);
        inside();
        store_be(made_.data() + at, static_cast<std::uint16_t>(made_.size() - at - 2));
    }
    template <class Inside>
    void record(std::byte type, unsigned version, Inside inside) {
        u8(std::to_integer<unsigned>(type));
        u16(version);
        counted(inside);
    }
    /// A message of the handshake. Its length has three bytes; none here needs the first.
    template <class Inside>
    void handshake(unsigned type, Inside inside) {
        u8(type);
        u8(0);
        counted(inside);
    }
    /// Of either hello: the version, room for its random, the session's id.
    void hello_head(byte_view session_id) {
        u16(tls_1_2);
        zeros(tls_random_size);
        u8(static_cast<unsigned>(session_id.size()));
        raw(session_id);
    }
    template <class Inside>
    void extension(unsigned type, Inside inside) {
        u16(type);
        counted(inside);
    }

    std::vector<std::byte> take() { return std::move(made_); }

  private:
    std::vector<std::byte> made_;
};

/// An entry of the extension key_share: a public key whose private one is forgotten.
inline void write_x25519_share(tls_writer& to, random_source& random) {
    std::array<std::byte, 32> exponent;
    random.fill(exponent);
    to.u16(tls_x25519);
    to.counted([&] { to.raw(crypto::x25519_public(exponent)); });
}

}  // namespace mtproto::wire
