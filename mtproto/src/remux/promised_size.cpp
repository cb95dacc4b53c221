// The outermost sizes of containers that have one.
#include "remux/promised_size.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>

namespace mtproto::remuxing {
namespace {

std::uint64_t number(byte_view of, std::size_t at, std::size_t length, bool little_endian) noexcept {
    std::uint64_t value = 0;
    for (std::size_t i = 0; i < length; ++i)
        value = value << 8 | std::to_integer<std::uint64_t>(of[at + (little_endian ? length - 1 - i : i)]);
    return value;
}

bool begins_with(byte_view what, byte_view with) noexcept {
    return what.size() >= with.size() && std::equal(with.begin(), with.end(), what.begin());
}

std::int64_t clamped(std::uint64_t size) noexcept {
    constexpr auto most = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
    return size > most ? 0 : static_cast<std::int64_t>(size);
}

std::int64_t riff_size(byte_view header) noexcept {
    if (header.size() < 12) return 0;
    const std::uint64_t size = number(header, 4, 4, true);
    return size == 0 || size >= 0xffff0000u ? 0 : clamped(size + 8);
}

/// An EBML number of a size; its length in bytes, 0 where there is none.
std::size_t read_vint(byte_view from, std::size_t at, std::uint64_t& value) noexcept {
    if (at >= from.size()) return 0;
    const auto first = std::to_integer<unsigned>(from[at]);
    std::size_t length = 1;
    while (length <= 8 && !(first & (0x100u >> length)))
        ++length;
    if (length > 8 || at + length > from.size()) return 0;
    value = number(from, at, length, false) & ((std::uint64_t{1} << (7 * length)) - 1);
    const bool unknown = value == (std::uint64_t{1} << (7 * length)) - 1;
    if (unknown) value = 0;
    return length;
}

std::int64_t matroska_size(byte_view header) noexcept {
    std::uint64_t size = 0;
    std::size_t length = read_vint(header, 4, size);
    if (length == 0 || size > header.size()) return 0;
    const std::size_t segment = 4 + length + static_cast<std::size_t>(size);
    constexpr std::array<std::byte, 4> id{std::byte{0x18}, std::byte{0x53}, std::byte{0x80}, std::byte{0x67}};
    if (segment >= header.size() || !begins_with(header.subspan(segment), id)) return 0;
    length = read_vint(header, segment + id.size(), size);
    return length == 0 || size == 0 ? 0 : clamped(segment + id.size() + length + size);
}

/// The file properties object is among the header's first ones.
std::int64_t asf_size(byte_view header) noexcept {
    constexpr std::array<unsigned char, 16> properties{0xa1, 0xdc, 0xab, 0x8c, 0x47, 0xa9, 0xcf, 0x11,
                                                       0x8e, 0xe4, 0x00, 0xc0, 0x0c, 0x20, 0x53, 0x65};
    const auto found = std::search(header.begin(), header.end(), properties.begin(), properties.end(),
                                   [](std::byte a, unsigned char b) { return a == std::byte{b}; });
    const auto place = static_cast<std::size_t>(found - header.begin());
    constexpr std::size_t size_field = 16 + 8 + 16;
    constexpr std::size_t flags_field = size_field + 6 * 8;
    if (place + flags_field + 4 > header.size()) return 0;
    const bool was_live = number(header, place + flags_field, 4, true) & 1;  // its sizes mean nothing
    if (was_live) return 0;
    return clamped(number(header, place + size_field, 8, true));
}

}  // namespace

std::int64_t promised_size(byte_view header) noexcept {
    constexpr std::array riff{std::byte{'R'}, std::byte{'I'}, std::byte{'F'}, std::byte{'F'}};
    constexpr std::array ebml{std::byte{0x1a}, std::byte{0x45}, std::byte{0xdf}, std::byte{0xa3}};
    constexpr std::array asf{std::byte{0x30}, std::byte{0x26}, std::byte{0xb2}, std::byte{0x75}};
    if (begins_with(header, riff)) return riff_size(header);
    if (begins_with(header, ebml)) return matroska_size(header);
    if (begins_with(header, asf)) return asf_size(header);
    return 0;
}

}  // namespace mtproto::remuxing
