// Sizes of parts: powers of two inside one block.
#include "schedule/part.hpp"

#include <algorithm>

namespace mtproto::schedule {
namespace {

std::int32_t power_below(std::int64_t size) noexcept {
    return static_cast<std::int32_t>(std::bit_floor(static_cast<std::uint64_t>(size)));
}

std::int32_t power_above(std::int64_t size) noexcept {
    return static_cast<std::int32_t>(std::bit_ceil(static_cast<std::uint64_t>(size)));
}

}  // namespace

std::int32_t allowed_part_size(std::int64_t size) noexcept {
    return power_below(std::clamp<std::int64_t>(size, smallest_part, largest_part));
}

part_range part_at(std::int64_t offset, std::int64_t end, std::int64_t file_size,
                   std::int32_t wanted) noexcept {
    // Up to a multiple of `wanted`, which divides the block: so no part crosses a block, and a range that
    // begins anywhere is back on the grid after a few parts.
    const std::int64_t room = wanted - offset % wanted;
    std::int32_t limit = power_below(room);
    const std::int64_t left = end - offset;
    if (left < limit) limit = std::max(power_above(left), smallest_part);
    return {offset, limit, static_cast<std::int32_t>(std::min<std::int64_t>(limit, file_size - offset))};
}

}  // namespace mtproto::schedule
