// Four letters for three bytes.
#include "base/base64.hpp"

#include <cstdint>

namespace mtproto {
namespace {

int digit_of(char c) noexcept {
    if (c >= 'A' && c <= 'Z') return c - 'A';
    if (c >= 'a' && c <= 'z') return c - 'a' + 26;
    if (c >= '0' && c <= '9') return c - '0' + 52;
    if (c == '+' || c == '-') return 62;
    if (c == '/' || c == '_') return 63;
    return -1;
}

}  // namespace

std::optional<std::vector<std::byte>> decode_base64(std::string_view text) {
    for (int padding = 0; padding < 2 && text.ends_with('='); ++padding)
        text.remove_suffix(1);
    if (text.size() % 4 == 1) return std::nullopt;
    std::vector<std::byte> made;
    made.reserve(text.size() / 4 * 3 + 3);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const char c : text) {
        const int digit = digit_of(c);
        if (digit < 0) return std::nullopt;
        bits = bits << 6 | static_cast<std::uint32_t>(digit);
        count += 6;
        if (count < 8) continue;
        count -= 8;
        made.push_back(static_cast<std::byte>(bits >> count & 0xff));
    }
    return made;
}

std::string encode_base64url(byte_view data) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    std::string made;
    made.reserve(data.size() / 3 * 4 + 4);
    std::uint32_t bits = 0;
    unsigned count = 0;
    for (const std::byte each : data) {
        bits = bits << 8 | std::to_integer<std::uint32_t>(each);
        for (count += 8; count >= 6; count -= 6)
            made += digits[bits >> (count - 6) & 63];
    }
    if (count > 0) made += digits[bits << (6 - count) & 63];
    while (made.size() % 4 != 0)
        made += '=';
    return made;
}

}  // namespace mtproto
