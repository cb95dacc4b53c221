// A session under a passphrase: the payload of session files of version 2.
#pragma once

#include "client/session_format.hpp"

#include <mtproto/random.hpp>

#include <array>
#include <optional>

namespace mtproto::core {

/// How a passphrase becomes a key. It stands in the file, so it is bounded when it is read: too little work
/// would give the passphrase away, too much would take the machine's memory.
struct seal_terms {
    static constexpr std::uint8_t least_log2_n = 15, most_log2_n = 18;  ///< 32 MiB to 256 MiB of memory
    static constexpr std::size_t salt_size = 16;

    std::uint8_t log2_n = 17;  ///< 128 MiB, and about half a second
    std::array<std::byte, salt_size> salt{};

    bool operator==(const seal_terms&) const = default;
};

/// Version 2's payload: 1 (scrypt with r = 8 and p = 1), log2 of its N, its salt, the nonce of AES-256-GCM,
/// then the payload of version 1, encrypted, and its tag. The tag proves all that stands before, too.
class session_seal {
  public:
    /// Takes scrypt's time. Error: errc::session_file when there is no memory for it.
    static outcome<session_seal> derive(byte_view passphrase, const seal_terms& terms);

    const seal_terms& terms() const noexcept { return terms_; }
    /// The whole file, under a new nonce.
    secret_buffer seal(const stored_session& session, random_source& random) const;
    /// Nothing: the passphrase is another one, or somebody changed the file and its checksum.
    outcome<std::optional<stored_session>> open(byte_view payload) const;

  private:
    explicit session_seal(const seal_terms& terms) : terms_(terms) {}

    seal_terms terms_;
    crypto::secret<32> key_;
};

/// How the key of a sealed payload was made. Error: errc::session_file when it asks for what is not done.
outcome<seal_terms> terms_of(byte_view sealed_payload);

}  // namespace mtproto::core
