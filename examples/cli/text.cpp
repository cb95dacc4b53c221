// Reads UTF-8 character by character.
#include "text.hpp"

#include <algorithm>
#include <array>

namespace mtpipe {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

struct character {
    char32_t code = 0;
    std::string_view bytes;
    bool valid = true;
};

/// Takes the first character of `text`, which is not empty; a byte that begins none is one by itself.
character take(std::string_view& text) {
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
    const character made{code, text.substr(0, size), valid};
    text.remove_prefix(size);
    return made;
}

bool is_control(const character& one) {
    return one.code < 0x20 || (one.code >= 0x7f && one.code < 0xa0);
}

struct range {
    char32_t first, last;
};

/// The blocks of Unicode whose characters terminals draw two columns wide, and those that take none. Not
/// exact to the character: a bar that is some columns too short does no harm.
constexpr std::array wide{range{0x1100, 0x115f},   range{0x2e80, 0xa4cf},   range{0xac00, 0xd7a3},
                          range{0xf900, 0xfaff},   range{0xfe30, 0xfe6f},   range{0xff00, 0xff60},
                          range{0xffe0, 0xffe6},   range{0x1f300, 0x1f64f}, range{0x1f680, 0x1f6ff},
                          range{0x1f900, 0x1f9ff}, range{0x20000, 0x3fffd}};
constexpr std::array without_width{range{0x300, 0x36f}, range{0x200b, 0x200f}, range{0x202a, 0x202e},
                                   range{0xfe00, 0xfe0f}};

int columns_of(const character& one) {
    const auto holds = [&](const range& block) { return one.code >= block.first && one.code <= block.last; };
    if (std::any_of(without_width.begin(), without_width.end(), holds)) return 0;
    return std::any_of(wide.begin(), wide.end(), holds) ? 2 : 1;
}

}  // namespace

std::string printable(std::string_view text) {
    std::string made;
    while (!text.empty()) {
        const character one = take(text);
        made += !one.valid ? replacement : is_control(one) ? std::string_view(" ") : one.bytes;
    }
    return made;
}

std::string valid_utf8(std::string_view text) {
    std::string made;
    while (!text.empty()) {
        const character one = take(text);
        made += one.valid ? one.bytes : replacement;
    }
    return made;
}

int columns_of(std::string_view text) {
    int columns = 0;
    while (!text.empty())
        columns += columns_of(take(text));
    return columns;
}

std::string cut_to_columns(std::string_view text, int limit) {
    if (columns_of(text) <= limit) return std::string(text);
    const std::string_view end = limit >= 6 ? "..." : "";
    int left = std::max(limit, 0) - static_cast<int>(end.size());
    std::string made;
    while (!text.empty()) {
        const character one = take(text);
        left -= columns_of(one);
        if (left < 0) break;
        made += one.bytes;
    }
    return made.append(end);
}

}  // namespace mtpipe
