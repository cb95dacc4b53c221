// Checking and mending names.
#include "localdc/names.hpp"

#include <algorithm>
#include <cctype>

namespace mtproto::localdc {
namespace {

constexpr std::size_t longest_username = 32;

// The bytes of the character at the beginning; 0 when there is none.
std::size_t character_at(std::string_view text) {
    const auto byte = [&](std::size_t index) { return static_cast<unsigned char>(text[index]); };
    const unsigned char first = byte(0);
    if (first < 0x80) return 1;
    const std::size_t size = first >= 0xc2 && first <= 0xdf   ? 2
                             : first >= 0xe0 && first <= 0xef ? 3
                             : first >= 0xf0 && first <= 0xf4 ? 4
                                                              : 0;
    if (size == 0 || text.size() < size) return 0;
    // No longer than need be, no surrogates, nothing beyond U+10FFFF.
    const unsigned char lowest = first == 0xe0 ? 0xa0 : first == 0xf0 ? 0x90 : 0x80;
    const unsigned char highest = first == 0xed ? 0x9f : first == 0xf4 ? 0x8f : 0xbf;
    if (byte(1) < lowest || byte(1) > highest) return 0;
    for (std::size_t i = 2; i < size; ++i)
        if (byte(i) < 0x80 || byte(i) > 0xbf) return 0;
    return size;
}

}  // namespace

bool valid_username(std::string_view name) {
    if (name.empty() || name.size() > longest_username) return false;
    if (std::isalpha(static_cast<unsigned char>(name.front())) == 0) return false;
    if (name.back() == '_' || name.find("__") != std::string_view::npos) return false;
    return std::all_of(name.begin(), name.end(),
                       [](unsigned char each) { return std::isalnum(each) != 0 || each == '_'; });
}

bool same_username(std::string_view a, std::string_view b) {
    return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                      [](unsigned char x, unsigned char y) { return std::tolower(x) == std::tolower(y); });
}

std::string valid_utf8(std::string_view text) {
    std::string made;
    while (!text.empty()) {
        const std::size_t size = character_at(text);
        made += size == 0 ? std::string_view("\xef\xbf\xbd") : text.substr(0, size);
        text.remove_prefix(std::max<std::size_t>(size, 1));
    }
    return made;
}

}  // namespace mtproto::localdc
