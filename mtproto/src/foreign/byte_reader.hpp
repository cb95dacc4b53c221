// Reads numbers, TL strings and Qt's byte arrays, and notes when the data ends too early. Private to foreign.
#pragma once

#include "base/endian.hpp"

#include <mtproto/bytes.hpp>

#include <concepts>
#include <cstdint>
#include <type_traits>

namespace mtproto::foreign {

// TL writes these for a Bool.
inline constexpr std::uint32_t tl_true = 0x997275b5, tl_false = 0xbc799737;

/// After the first read beyond the end all is zero and empty, and ok() is false.
class byte_reader {
  public:
    explicit byte_reader(byte_view over) noexcept : left_(over) {}

    template <std::integral T>
    T le() noexcept {
        const byte_view from = take(sizeof(T));
        return from.empty() ? T{} : load_le<T>(from.data());
    }
    template <std::integral T>
    T be() noexcept {
        const byte_view from = take(sizeof(T));
        return from.empty() ? T{} : static_cast<T>(load_be<std::make_unsigned_t<T>>(from.data()));
    }
    std::uint8_t u8() noexcept { return le<std::uint8_t>(); }

    byte_view take(std::size_t size) noexcept {
        if (size > left_.size()) {
            failed_ = true;
            left_ = {};
            return {};
        }
        const byte_view part = left_.first(size);
        left_ = left_.subspan(size);
        return part;
    }

    /// Of TL: a length of one byte or of three behind 254, padded to whole words.
    byte_view tl_bytes() noexcept {
        const unsigned first = u8();
        const bool is_long = first == 254;
        const std::size_t size = is_long ? three_bytes() : first;
        if (first == 255) failed_ = true;
        const byte_view text = take(size);
        take((4 - (size + (is_long ? 4 : 1)) % 4) % 4);
        return text;
    }

    /// Of Qt: a length in big endian, and all ones for none.
    byte_view qt_bytes() noexcept {
        const auto size = be<std::uint32_t>();
        return size == 0xffffffff ? byte_view{} : take(size);
    }

    byte_view rest() const noexcept { return left_; }
    /// Whether nothing is left, and all was there.
    bool at_end() const noexcept { return ok() && left_.empty(); }
    bool ok() const noexcept { return !failed_; }

  private:
    std::size_t three_bytes() noexcept {
        const byte_view from = take(3);
        if (from.empty()) return 0;
        return std::to_integer<std::size_t>(from[0]) | std::to_integer<std::size_t>(from[1]) << 8 |
               std::to_integer<std::size_t>(from[2]) << 16;
    }

    byte_view left_;
    bool failed_ = false;
};

}  // namespace mtproto::foreign
