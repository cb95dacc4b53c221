// The number of each 8 bytes, mixed.
#include "localdc/generated.hpp"

#include "base/endian.hpp"

#include <algorithm>
#include <array>

namespace mtproto::localdc {
namespace {

constexpr std::size_t word = 8;

// SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators, 2014): any of its numbers
// can be had without those before it.
constexpr std::uint64_t number(std::uint64_t seed, std::uint64_t index) noexcept {
    std::uint64_t mixed = seed + (index + 1) * 0x9e3779b97f4a7c15;
    mixed = (mixed ^ (mixed >> 30)) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ (mixed >> 27)) * 0x94d049bb133111eb;
    return mixed ^ (mixed >> 31);
}

}  // namespace

void generate_bytes(std::uint64_t seed, std::int64_t offset, byte_span into) noexcept {
    auto index = static_cast<std::uint64_t>(offset) / word;
    std::size_t skip = static_cast<std::uint64_t>(offset) % word;
    while (!into.empty()) {
        if (skip == 0 && into.size() >= word) {
            store_le(into.data(), number(seed, index++));
            into = into.subspan(word);
            continue;
        }
        std::array<std::byte, word> whole;
        store_le(whole.data(), number(seed, index++));
        const std::size_t count = std::min(word - skip, into.size());
        std::copy_n(whole.data() + skip, count, into.data());
        into = into.subspan(count);
        skip = 0;
    }
}

}  // namespace mtproto::localdc
