// What every fuzz target is made of: its entry point, an input taken apart, and checks that end the process.
#pragma once

#include <mtproto/bytes.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <span>
#include <tuple>

/// One input. libFuzzer calls it in the preset `fuzz`, replay.cpp everywhere else.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace mtproto::fuzz {

/// Something that must hold whatever the input is. Also checked in release builds, unlike assert.
inline void require(bool holds, const char* what) {
    if (holds) return;
    std::fprintf(stderr, "this does not hold: %s\n", what);
    std::abort();
}

/// Takes choices and pieces off the front of an input. At its end everything reads as zero or empty, so that
/// a target needs no checks and a shortened input still means something.
class input {
  public:
    input(const std::uint8_t* data, std::size_t size) : left_(std::as_bytes(std::span(data, size))) {}

    bool empty() const noexcept { return left_.empty(); }
    std::uint8_t u8() noexcept { return static_cast<std::uint8_t>(number(1)); }
    std::uint16_t u16() noexcept { return static_cast<std::uint16_t>(number(2)); }
    std::uint32_t u32() noexcept { return static_cast<std::uint32_t>(number(4)); }
    std::uint64_t u64() noexcept { return number(8); }
    byte_view take(std::size_t size) noexcept {
        const byte_view taken = left_.first(std::min(size, left_.size()));
        left_ = left_.subspan(taken.size());
        return taken;
    }
    /// A piece with its length in front, in 16 bits.
    byte_view piece() noexcept { return take(u16()); }
    byte_view rest() noexcept { return take(left_.size()); }

  private:
    std::uint64_t number(std::size_t size) noexcept {
        std::uint64_t value = 0;
        unsigned shift = 0;
        for (const std::byte each : take(size)) {
            value |= std::to_integer<std::uint64_t>(each) << shift;
            shift += 8;
        }
        return value;
    }

    byte_view left_;
};

/// A copy that begins at a block of its own, so that a sanitizer sees what reads past its end.
inline bytes own_copy(byte_view data) {
    return bytes::copy(data);
}

}  // namespace mtproto::fuzz
