// Random bytes that a seed or a script decides: for tests, simulations and replays, never for keys that
// matter.
#pragma once

#include <mtproto/random.hpp>

namespace mtproto::crypto {

/// The same seed gives the same bytes on every machine (SplitMix64, little endian). Not thread safe, not
/// secure.
class seeded_random final : public random_source {
  public:
    explicit seeded_random(std::uint64_t seed) noexcept : state_(seed) {}
    void fill(byte_span out) override;

  private:
    std::uint64_t state_;
    std::uint64_t word_ = 0;
    unsigned left_ = 0;  // bytes of word_ not yet given out
};

/// Gives out the bytes it was made with, in order, then falls back to zeros: for published vectors.
class scripted_random final : public random_source {
  public:
    explicit scripted_random(byte_view script) : script_(script) {}
    void fill(byte_span out) override;

  private:
    byte_view script_;
};

}  // namespace mtproto::crypto
