// Where parts may begin and how long they may be (protocol 8.1).
#pragma once

#include <bit>
#include <cstdint>

namespace mtproto::schedule {

/// No request may cross a multiple of this, and its limit must divide it (protocol 8.1).
inline constexpr std::int64_t block_size = 1 << 20;
/// Offsets and limits are multiples of this when `precise` is not set (protocol 8.1).
inline constexpr std::int32_t smallest_part = 4096;
inline constexpr std::int32_t largest_part = 1 << 20;

/// One request: `limit` bytes from `offset`, of which `length` exist before the end of the file.
struct part_range {
    std::int64_t offset = 0;
    std::int32_t limit = 0;
    std::int32_t length = 0;
};

/// The last offset at or before `offset` at which a part may begin.
constexpr std::int64_t align_down(std::int64_t offset) noexcept {
    return offset - offset % smallest_part;
}

/// `size` brought to a power of two that protocol 8.1 allows, rounding down.
std::int32_t allowed_part_size(std::int64_t size) noexcept;

/// The part to ask for at `offset` (aligned), in a range that ends at `end` of a file of `file_size` bytes:
/// `wanted` bytes (an allowed size), or fewer up to the next multiple of `wanted`, or what covers the rest.
part_range part_at(std::int64_t offset, std::int64_t end, std::int64_t file_size,
                   std::int32_t wanted) noexcept;

}  // namespace mtproto::schedule
