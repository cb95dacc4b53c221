// Numbers that look like chance and are the same on every machine.
#pragma once

#include <mtproto/clock.hpp>

#include <cstdint>

namespace mtproto::traffic {

/// SplitMix64 by Vigna: small, a value, the same draws from the same seed.
class chance {
  public:
    explicit chance(std::uint64_t seed = 0) noexcept : state_(seed) {}

    /// A number below `limit`, which is at least 1.
    std::uint64_t below(std::uint64_t limit) noexcept { return next() % limit; }
    /// In [0, 1).
    double fraction() noexcept;
    /// Exponential with this mean.
    double exponential(double mean) noexcept;
    /// Pareto: at least `least`; the smaller `shape`, the heavier the tail.
    duration pareto(duration least, double shape, duration most) noexcept;
    /// Of another seed, for something that must not be disturbed by the draws of others.
    chance branch() noexcept { return chance(next()); }

  private:
    std::uint64_t next() noexcept;

    std::uint64_t state_;
};

}  // namespace mtproto::traffic
