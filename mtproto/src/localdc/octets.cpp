// Drawing bytes, hashing numbers, writing bytes out.
#include "localdc/octets.hpp"

#include "base/endian.hpp"

#include <array>

namespace mtproto::localdc {

bytes random_bytes(random_source& random, std::size_t size) {
    buffer made = buffer::allocate(size);
    random.fill(made.span().first(size));
    return {std::move(made), 0, size};
}

crypto::sha256_digest digest_of(std::initializer_list<std::int64_t> numbers) {
    std::array<std::byte, 64> text{};
    std::size_t used = 0;
    for (const std::int64_t number : numbers) {
        store_le(text.data() + used, number);
        used += sizeof number;
    }
    return crypto::sha256(byte_view(text).first(used));
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
