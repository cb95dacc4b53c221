// A login as it is found in a foreign format, and the words of refusals. Private to foreign.
#pragma once

#include <mtproto/foreign_session.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mtproto::foreign {

/// Nothing: the data is of another format.
using maybe_session = outcome<std::optional<foreign_session>>;

/// Says that the data is what it seems to be, and why it cannot be used.
failure refused(std::string why);
/// The passcode is missing, or wrong.
failure locked(std::string why);

/// Of an authorization key.
inline constexpr std::size_t key_size = 256;

/// Why nobody can be signed in by this key; empty when one may be.
std::string why_no_login(std::int64_t dc, byte_view key);

/// One account at home in `dc` under `key`. Error: refused(why_no_login()).
outcome<foreign_account> account_of(std::int64_t dc, byte_view key);

/// A session of one account.
foreign_session one_account(std::string format, foreign_account account);

/// Host and port of "1.2.3.4:443" or "[::1]:443".
void split_address(std::string_view text, foreign_account& to);

/// Whether the address is one of Telegram's test servers (protocol 1.13). For formats that keep no such flag.
bool is_test_address(const std::string& host);

/// The text without white space and a byte order mark.
std::string without_blanks(byte_view data);

using secret_bytes = std::vector<std::byte>;

/// Overwrites bytes that were a secret, at the end of a scope.
class wiped {
  public:
    explicit wiped(byte_span of) noexcept : of_(of) {}
    wiped(const wiped&) = delete;
    wiped& operator=(const wiped&) = delete;
    ~wiped();

  private:
    byte_span of_;
};

}  // namespace mtproto::foreign
