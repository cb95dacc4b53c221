// Drawing bytes and writing them out.
#include "localdc/octets.hpp"

namespace mtproto::localdc {

bytes random_bytes(random_source& random, std::size_t size) {
    buffer made = buffer::allocate(size);
    random.fill(made.span().first(size));
    return {std::move(made), 0, size};
}

std::string hex(byte_view data) {
    constexpr std::string_view digits = "0123456789abcdef";
    std::string text;
    for (const std::byte each : data) {
        text += digits[std::to_integer<unsigned>(each) >> 4];
        text += digits[std::to_integer<unsigned>(each) & 15];
    }
    return text;
}

}  // namespace mtproto::localdc
