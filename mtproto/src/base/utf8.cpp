// Decodes one character.
#include "base/utf8.hpp"

#include <array>

namespace mtproto {

utf8_character take_utf8(std::string_view& text) noexcept {
    const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
    const unsigned first = byte(0);
    std::size_t size = first < 0x80 ? 1 : first >= 0xf0 ? 4 : first >= 0xe0 ? 3 : 2;
    bool valid = first < 0x80 || (first >= 0xc2 && first <= 0xf4 && size <= text.size());
    char32_t code = size == 1 ? first : first & (0xffu >> (size + 1));
    for (std::size_t i = 1; i < size && valid; ++i) {
        valid = (byte(i) & 0xc0) == 0x80;
        code = code << 6 | (byte(i) & 0x3f);
    }
    constexpr std::array<char32_t, 5> smallest{0, 0, 0x80, 0x800, 0x10000};
    if (code < smallest[size] || (code >= 0xd800 && code <= 0xdfff) || code > 0x10ffff) valid = false;
    if (!valid) size = 1;
    const utf8_character made{code, text.substr(0, size), valid};
    text.remove_prefix(size);
    return made;
}

}  // namespace mtproto
