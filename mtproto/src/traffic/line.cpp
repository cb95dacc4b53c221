// The arithmetic of a line.
#include "traffic/line.hpp"

#include <algorithm>

namespace mtproto::traffic {
namespace {

constexpr std::int64_t nanoseconds_a_second = 1'000'000'000;
// Above it, a remainder times 10^9 would leave 63 bits; no line here is that fast.
constexpr std::int64_t fastest = 9'000'000'000;

// A slice is as short as a packet of a slow line, but takes a fast one a while, for each costs a timer.
constexpr std::int64_t largest_slice = 16 << 10;
constexpr std::int64_t slow_slices_a_second = 20;
constexpr std::int64_t fast_slices_a_second = 1000;

duration time_to_send(std::int64_t size, std::int64_t rate) noexcept {
    const std::int64_t whole = size / rate;
    const std::int64_t rest = size % rate;
    return duration(whole * nanoseconds_a_second + rest * nanoseconds_a_second / rate);
}

}  // namespace

line::line(line_rules rules) noexcept : rules_(rules) {
    rules_.bytes_per_second = std::clamp<std::int64_t>(rules_.bytes_per_second, 0, fastest);
    rules_.delay = std::max(rules_.delay, duration{0});
}

time_point line::idle_at() const noexcept {
    if (rules_.bytes_per_second == 0) return busy_since_;
    return busy_since_ + time_to_send(busy_bytes_, rules_.bytes_per_second);
}

std::optional<std::size_t> line::slice() const noexcept {
    const std::int64_t rate = rules_.bytes_per_second;
    if (rate == 0) return std::nullopt;
    const std::int64_t slow = std::clamp<std::int64_t>(rate / slow_slices_a_second, 1, largest_slice);
    return static_cast<std::size_t>(std::max(slow, rate / fast_slices_a_second));
}

time_point line::send(time_point now, std::int64_t size) noexcept {
    if (idle_at() <= now) {
        busy_since_ = now;
        busy_bytes_ = 0;
    }
    busy_bytes_ += size;
    return idle_at() + rules_.delay;
}

}  // namespace mtproto::traffic
