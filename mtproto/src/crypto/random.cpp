// The generators: the system's, and the ones that a seed or a script decides.
#include "base/endian.hpp"
#include "crypto/seeded_random.hpp"

#include <mtproto/random.hpp>

#include <openssl/rand.h>

#include <algorithm>
#include <climits>
#include <stdexcept>

namespace mtproto {
namespace {

class openssl_random final : public random_source {
  public:
    void fill(byte_span out) override {
        while (!out.empty()) {
            const std::size_t step = std::min<std::size_t>(out.size(), INT_MAX);
            if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(step)) != 1)
                throw std::runtime_error("the system's random generator failed");
            out = out.subspan(step);
        }
    }
};

}  // namespace

random_source& system_random() {
    static openssl_random source;
    return source;
}

namespace crypto {

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

}  // namespace crypto
}  // namespace mtproto
