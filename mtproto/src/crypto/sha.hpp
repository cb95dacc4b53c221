// SHA, HMAC, PBKDF2, and MD5 as a checksum of files, in one call, in steps, and for several inputs side by
// side.
#pragma once

#include "crypto/engine.hpp"

#include <mtproto/bytes.hpp>

#include <array>
#include <cstdint>
#include <initializer_list>
#include <memory>
#include <span>

namespace mtproto::crypto {

using sha1_digest = std::array<std::byte, 20>;
using sha256_digest = std::array<std::byte, 32>;
using sha512_digest = std::array<std::byte, 64>;
using md5_digest = std::array<std::byte, 16>;

/// The digest of the parts, one after the other.
sha1_digest sha1(std::initializer_list<byte_view> parts);
sha256_digest sha256(std::initializer_list<byte_view> parts);
sha512_digest sha512(std::initializer_list<byte_view> parts);
/// Proves nothing: the checksum of files that others write.
md5_digest md5(std::initializer_list<byte_view> parts);

inline sha1_digest sha1(byte_view data) {
    return sha1({data});
}
inline sha256_digest sha256(byte_view data) {
    return sha256({data});
}

sha256_digest hmac_sha256(byte_view key, std::initializer_list<byte_view> parts);

/// Fills `out` with the key that PBKDF2 with the HMAC of that hash derives.
void pbkdf2_sha1(byte_view password, byte_view salt, std::uint32_t iterations, byte_span out);
void pbkdf2_sha256(byte_view password, byte_view salt, std::uint32_t iterations, byte_span out);
void pbkdf2_sha512(byte_view password, byte_view salt, std::uint32_t iterations, byte_span out);

/// SHA-256 of data that comes in pieces. Copying it forks the computation.
class sha256_state {
  public:
    sha256_state();
    sha256_state(const sha256_state& other);
    sha256_state(sha256_state&&) noexcept;
    sha256_state& operator=(sha256_state other) noexcept;
    ~sha256_state();

    void update(byte_view data);
    /// The digest of all that came so far; starts over.
    sha256_digest finish();

  private:
    struct context;
    std::unique_ptr<context> context_;
};

/// One input of sha256_batch: SHA-256(prefix | data).
struct sha256_job {
    byte_view prefix;      ///< in: less than 64 bytes
    byte_view data;        ///< in
    sha256_digest digest;  ///< out
};

/// Hashes independent inputs, of any lengths, two at a time where SHA-NI exists: one stream waits for its own
/// latency most of the time, so two cost little more than one.
void sha256_batch(std::span<sha256_job> jobs, engine how = engine::best);

}  // namespace mtproto::crypto
