// Bytes as hexadecimal digits.
#pragma once

#include <mtproto/bytes.hpp>

#include <string>

namespace mtproto {

/// Two small digits a byte.
inline std::string hex(byte_view data) {
    static constexpr char digits[] = "0123456789abcdef";
    std::string made;
    for (const std::byte each : data) {
        made += digits[std::to_integer<unsigned>(each) >> 4];
        made += digits[std::to_integer<unsigned>(each) & 15];
    }
    return made;
}

}  // namespace mtproto
