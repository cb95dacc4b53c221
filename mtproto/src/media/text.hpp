// ASCII helpers that no locale changes.
#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace mtproto::core {

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}
constexpr char to_lower(char c) noexcept {
    return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}
constexpr bool is_letter(char c) noexcept {
    return to_lower(c) >= 'a' && to_lower(c) <= 'z';
}
constexpr bool is_control(char c) noexcept {
    return static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
}

/// Whether a terminal could take something in `text` for a command: the control characters of ASCII, and
/// those that stand behind it in UTF-8 (U+0080 to U+009F).
inline bool has_control(std::string_view text) noexcept {
    bool after_c2 = false;
    for (const char c : text) {
        const auto byte = static_cast<unsigned char>(c);
        if (is_control(c) || (after_c2 && byte >= 0x80 && byte <= 0x9f)) return true;
        after_c2 = byte == 0xc2;
    }
    return false;
}

inline std::string lowered(std::string_view text) {
    std::string made(text);
    std::transform(made.begin(), made.end(), made.begin(), to_lower);
    return made;
}

inline bool equal_ignoring_case(std::string_view a, std::string_view b) noexcept {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](char x, char y) { return to_lower(x) == to_lower(y); });
}

/// `text` without blanks, tabs and line ends around it.
inline std::string_view trimmed(std::string_view text) noexcept {
    constexpr std::string_view blanks = " \t\r\n";
    const std::size_t first = text.find_first_not_of(blanks);
    if (first == text.npos) return {};
    return text.substr(first, text.find_last_not_of(blanks) - first + 1);
}

}  // namespace mtproto::core
