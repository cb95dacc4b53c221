// Sizes, rates and times: what a rate makes of one of them.
#pragma once

#include <mtproto/clock.hpp>

#include <cstdint>

namespace mtproto::traffic {

inline constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;
/// Above it, a remainder times 10^9 would leave 63 bits; no line here is that fast.
inline constexpr std::int64_t fastest_rate = 9'000'000'000;

/// `rate`: a second, 1 to fastest_rate.
constexpr duration time_to_send(std::int64_t size, std::int64_t rate) noexcept {
    const std::int64_t whole = size / rate;
    const std::int64_t rest = size % rate;
    return duration(whole * nanoseconds_a_second + rest * nanoseconds_a_second / rate);
}

/// `rate`: the same.
constexpr std::int64_t sent_within(duration time, std::int64_t rate) noexcept {
    const std::int64_t whole = time.count() / nanoseconds_a_second;
    const std::int64_t rest = time.count() % nanoseconds_a_second;
    return whole * rate + rest * rate / nanoseconds_a_second;
}

}  // namespace mtproto::traffic
