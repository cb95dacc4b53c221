// Generators that a seed or a script decides.
#include "crypto/seeded_random.hpp"

#include <algorithm>

namespace mtproto::crypto {

void seeded_random::fill(byte_span out) {
    for (std::byte& byte : out) {
        if (left_ == 0) {
            // SplitMix64 (Steele, Lea, Flood: Fast splittable pseudorandom number generators)
            std::uint64_t z = state_ += 0x9e3779b97f4a7c15;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
            z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
            word_ = z ^ (z >> 31);
            left_ = 8;
        }
        byte = static_cast<std::byte>(word_ & 0xff);
        word_ >>= 8;
        --left_;
    }
}

void scripted_random::fill(byte_span out) {
    const std::size_t there = std::min(out.size(), script_.size());
    std::copy_n(script_.begin(), there, out.begin());
    std::fill(out.begin() + static_cast<std::ptrdiff_t>(there), out.end(), std::byte{0});
    script_ = script_.subspan(there);
}

}  // namespace mtproto::crypto
