// CRC-32 by sixteen tables, sixteen bytes a step (M. E. Kounavis, F. L. Berry: A systematic approach to
// building high performance software-based CRC generators, 2005).
#include "wire/crc32.hpp"

#include "base/endian.hpp"

#include <array>
#include <utility>

namespace mtproto::wire {
namespace {

constexpr std::uint32_t polynomial = 0xedb88320;  // IEEE 802.3, reflected
constexpr std::size_t step = 16;

// tables[n][b]: what byte b does to the checksum when n more bytes follow it.
constexpr auto tables = [] {
    std::array<std::array<std::uint32_t, 256>, step> made{};
    for (std::uint32_t byte = 0; byte < 256; ++byte) {
        std::uint32_t value = byte;
        for (int bit = 0; bit < 8; ++bit)
            value = (value & 1) != 0 ? value >> 1 ^ polynomial : value >> 1;
        made[0][byte] = value;
    }
    for (std::size_t n = 1; n < step; ++n)
        for (std::size_t byte = 0; byte < 256; ++byte)
            made[n][byte] = made[n - 1][byte] >> 8 ^ made[0][made[n - 1][byte] & 0xff];
    return made;
}();

// What eight bytes do when `after` more follow them.
template <std::size_t... I>
std::uint32_t eight(std::uint64_t word, std::size_t after, std::index_sequence<I...>) noexcept {
    return (tables[after + 7 - I][word >> 8 * I & 0xff] ^ ...);
}

}  // namespace

std::uint32_t crc32(std::uint32_t crc, byte_view data) noexcept {
    std::uint32_t value = ~crc;
    for (; data.size() >= step; data = data.subspan(step)) {
        // Only the first eight bytes wait for the checksum of those before.
        const auto all = std::make_index_sequence<8>();
        const std::uint32_t later = eight(load_le<std::uint64_t>(data.data() + 8), 0, all);
        value = eight(load_le<std::uint64_t>(data.data()) ^ value, 8, all) ^ later;
    }
    for (const std::byte byte : data)
        value = value >> 8 ^ tables[0][(value ^ std::to_integer<std::uint32_t>(byte)) & 0xff];
    return ~value;
}

}  // namespace mtproto::wire
