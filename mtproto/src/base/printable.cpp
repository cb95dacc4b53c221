// Tells which characters a terminal shows.
#include "base/utf8.hpp"

#include <mtproto/printable.hpp>

#include <algorithm>
#include <array>

namespace mtproto {
namespace {

struct range {
    char32_t first, last;
};

template <std::size_t Count>
bool holds(const std::array<range, Count>& ranges, char32_t character) noexcept {
    const auto* found =
        std::find_if(ranges.begin(), ranges.end(), [&](const range& each) { return character <= each.last; });
    return found != ranges.end() && character >= found->first;
}

constexpr std::array controls{range{0x00, 0x1f}, range{0x7f, 0x9f}, range{0x2028, 0x2029}};

/// Unicode's space separators but U+0020; the braille pattern without a dot.
constexpr std::array blanks{range{0xa0, 0xa0},     range{0x1680, 0x1680}, range{0x2000, 0x200a},
                            range{0x202f, 0x202f}, range{0x205f, 0x205f}, range{0x2800, 0x2800},
                            range{0x3000, 0x3000}};

/// Unicode's Default_Ignorable_Code_Point, which covers later versions, and three kinds more: format
/// characters of hieroglyphs and annotations, the null notehead, and the sign for an object.
constexpr std::array invisibles{
    range{0xad, 0xad},       range{0x34f, 0x34f},     range{0x61c, 0x61c},     range{0x115f, 0x1160},
    range{0x17b4, 0x17b5},   range{0x180b, 0x180f},   range{0x200b, 0x200f},   range{0x202a, 0x202e},
    range{0x2060, 0x206f},   range{0x3164, 0x3164},   range{0xfe00, 0xfe0f},   range{0xfeff, 0xfeff},
    range{0xffa0, 0xffa0},   range{0xfff0, 0xfffc},   range{0x13430, 0x13455}, range{0x16fe4, 0x16fe4},
    range{0x1bca0, 0x1bca3}, range{0x1d159, 0x1d159}, range{0x1d173, 0x1d17a}, range{0xe0000, 0xe0fff}};

}  // namespace

appearance appearance_of(char32_t character) noexcept {
    if (character >= 0x20 && character < 0x7f) return appearance::visible;
    if (holds(controls, character)) return appearance::control;
    if (holds(blanks, character)) return appearance::blank;
    return holds(invisibles, character) ? appearance::invisible : appearance::visible;
}

std::string printable(std::string_view text) {
    std::string made;
    while (!text.empty()) {
        const utf8_character one = take_utf8(text);
        if (!one.valid) {
            made += replacement_character;
            continue;
        }
        switch (appearance_of(one.code)) {
            case appearance::visible:
                made += one.bytes;
                break;
            case appearance::blank:
            case appearance::control:
                made += ' ';
                break;
            case appearance::invisible:
                break;
        }
    }
    return made;
}

}  // namespace mtproto
