// Base64 in both of its alphabets.
#pragma once

#include <mtproto/bytes.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace mtproto {

/// Reads both alphabets, mixed or not, with padding or without. Nothing for any other letter, blanks too, and
/// for a length that no encoder makes.
std::optional<std::vector<std::byte>> decode_base64(std::string_view text);

/// With `-` and `_`, padded.
std::string encode_base64url(byte_view data);

}  // namespace mtproto
