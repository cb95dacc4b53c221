// Names as Telegram takes them: usernames, and text that is UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace mtproto::localdc {

/// A letter, then letters, digits and single `_`, none at the end; at most 32 (protocol 10.3).
bool valid_username(std::string_view name);
/// Whatever the case of their letters.
bool same_username(std::string_view a, std::string_view b);

/// The text with U+FFFD for every byte that belongs to no character: TL's strings are UTF-8, names of files
/// any bytes.
std::string valid_utf8(std::string_view text);

}  // namespace mtproto::localdc
