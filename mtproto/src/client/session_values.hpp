// A session as one value of a database: open, or under a key from a file.
#pragma once

#include "client/session_format.hpp"
#include "crypto/secret.hpp"

#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <array>
#include <filesystem>
#include <optional>
#include <string_view>

namespace mtproto::core {

/// Framed as session files are. An encrypted payload: 2 (a key as it is), the key's name, the nonce of
/// AES-256-GCM, then the payload of an open file, encrypted, and its tag. The tag proves all that stands
/// before, and the place: a value that somebody moves to another account does not open there.
class session_values {
  public:
    /// Values are open. For a database that only its owner can read.
    session_values() = default;
    /// 32 bytes, or 64 hexadecimal digits in a line, which others cannot read. Error: errc::session_file.
    static outcome<session_values> with_key_of(const std::filesystem::path& file);

    bool encrypted() const noexcept { return key_.has_value(); }
    /// Under a new nonce. `place`: cluster and account.
    secret_buffer encode(const stored_session& session, std::string_view place, random_source& random) const;
    /// Error: errc::session_file; `detail` goes on after the value's name.
    outcome<stored_session> decode(byte_view value, std::string_view place) const;

  private:
    static constexpr std::size_t name_size = 8;

    secret_buffer header_of(byte_view payload, std::string_view place) const;

    std::optional<crypto::secret<32>> key_;
    std::array<std::byte, name_size> name_{};  // of the key: tells a wrong one from damage
};

}  // namespace mtproto::core
