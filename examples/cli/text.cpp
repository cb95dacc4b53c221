// Reads UTF-8 character by character; the tables of Unicode are utf8proc's.
#include "text.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utf8proc.h>

namespace mtpipe {
namespace {

constexpr std::string_view replacement = "\xef\xbf\xbd";  // U+FFFD

struct character {
    char32_t code = 0xfffd;
    std::string_view bytes;
    bool valid = false;
};

/// Takes the first character of `text`, which is not empty; a byte that begins none is one by itself.
character take(std::string_view& text) {
    utf8proc_int32_t code = 0;
    const auto size = utf8proc_iterate(reinterpret_cast<const utf8proc_uint8_t*>(text.data()),
                                       static_cast<utf8proc_ssize_t>(text.size()), &code);
    character made;
    made.valid = size > 0;
    if (made.valid) made.code = static_cast<char32_t>(code);
    made.bytes = text.substr(0, made.valid ? static_cast<std::size_t>(size) : 1);
    text.remove_prefix(made.bytes.size());
    return made;
}

struct range {
    char32_t first, last;
};

/// Hexagrams and their like are wide since Unicode 16; utf8proc 2.8 knows Unicode 15.
constexpr std::array wide_since_16{range{0x2630, 0x2637}, range{0x268a, 0x268f}, range{0x4dc0, 0x4dff},
                                   range{0x1d300, 0x1d376}};
/// Emoji that are still to come stand behind this, and would be wide.
constexpr char32_t first_pictograph = 0x1f000;

int columns_of(const character& one) {
    const auto holds = [&](const range& each) { return one.code >= each.first && one.code <= each.last; };
    if (std::any_of(wide_since_16.begin(), wide_since_16.end(), holds)) return 2;
    const auto code = static_cast<utf8proc_int32_t>(one.code);
    switch (utf8proc_category(code)) {
        case UTF8PROC_CATEGORY_CN:
            return one.code >= first_pictograph ? 2 : std::max(utf8proc_charwidth(code), 1);
        case UTF8PROC_CATEGORY_MC:  // a vowel beside its consonant
        case UTF8PROC_CATEGORY_CF:  // one that is printable: a sign around numbers
            return 1;
        default:
            return utf8proc_charwidth(code);
    }
}

}  // namespace

std::string valid_utf8(std::string_view text) {
    std::string made;
    while (!text.empty()) {
        const character one = take(text);
        made += one.valid ? one.bytes : replacement;
    }
    return made;
}

std::string printable_json(std::string_view json) {
    constexpr char32_t one_unit = 0x10000;
    std::string made;
    while (!json.empty()) {
        const character one = take(json);
        if (one.code < 0x7f || mtproto::appearance_of(one.code) == mtproto::appearance::visible) {
            made += one.bytes;
        } else if (one.code < one_unit) {
            made += fmt::format("\\u{:04x}", static_cast<unsigned>(one.code));
        } else {  // as two, since JSON's are those of UTF-16
            const auto rest = static_cast<unsigned>(one.code - one_unit);
            made += fmt::format("\\u{:04x}\\u{:04x}", 0xd800 + (rest >> 10), 0xdc00 + (rest & 0x3ff));
        }
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
