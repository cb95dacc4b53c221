// Little and big endian integers in byte spans. The caller has checked the size.
#pragma once

#include <mtproto/bytes.hpp>

#include <bit>
#include <concepts>
#include <cstring>

namespace mtproto {

static_assert(std::endian::native == std::endian::little,
              "the wire format is little endian, and so is this code");

template <std::integral T>
T load_le(const std::byte* from) noexcept {
    T value;
    std::memcpy(&value, from, sizeof value);
    return value;
}

template <std::integral T>
void store_le(std::byte* to, T value) noexcept {
    std::memcpy(to, &value, sizeof value);
}

template <std::unsigned_integral T>
T load_be(const std::byte* from) noexcept {
    T value = 0;
    for (std::size_t i = 0; i < sizeof(T); ++i)
        value = static_cast<T>(value << 8 | std::to_integer<T>(from[i]));
    return value;
}

template <std::unsigned_integral T>
void store_be(std::byte* to, T value) noexcept {
    for (std::size_t i = sizeof(T); i-- > 0; value = static_cast<T>(value >> 8))
        to[i] = static_cast<std::byte>(value);
}

}  // namespace mtproto
