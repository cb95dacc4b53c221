// Reads UTF-8 character by character.
#pragma once

#include <cstdint>
#include <string_view>

namespace mtproto {

/// U+FFFD, which stands for a byte that is no UTF-8.
constexpr std::string_view replacement_character = "\xef\xbf\xbd";

struct utf8_character {
    char32_t code = 0;
    std::string_view bytes;
    bool valid = true;
};

/// Takes the first character off `text`, which is not empty. A byte that begins none is an invalid one by
/// itself: overlong forms, surrogates, and what lies beyond U+10FFFF are none.
utf8_character take_utf8(std::string_view& text) noexcept;

}  // namespace mtproto
