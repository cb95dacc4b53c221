// When bytes arrive: rate, delay, jitter and losses.
#include "traffic/path.hpp"

#include "base/seconds.hpp"
#include "traffic/pace.hpp"

#include <algorithm>

namespace mtproto::traffic {
namespace {

// A slice is as short as a packet of a slow path, but takes a fast one a while, for each costs a timer.
constexpr std::int64_t largest_slice = 16 << 10;
constexpr std::int64_t slow_slices_a_second = 20;
constexpr std::int64_t fast_slices_a_second = 1000;

}  // namespace

double path_rules::mean_rate() const noexcept {
    const auto rate = static_cast<double>(bytes_per_second);
    if (bytes_per_second == 0 || loss.bytes_between == 0) return rate;
    const auto between = static_cast<double>(loss.bytes_between);
    return between / (between / rate + seconds(loss.pause) + seconds(loss.recovery) / 2);
}

path::path(path_rules rules, std::uint64_t seed) noexcept : rules_(rules), chance_(seed) {
    rules_.bytes_per_second = std::clamp<std::int64_t>(rules_.bytes_per_second, 0, fastest_rate);
    rules_.delay = std::max(rules_.delay, duration{0});
    if (rules_.loss.bytes_between > 0)
        until_loss_ =
            static_cast<std::int64_t>(chance_.exponential(static_cast<double>(rules_.loss.bytes_between)));
}

time_point path::idle_at() const noexcept {
    if (rules_.bytes_per_second == 0) return busy_since_;
    return busy_since_ + time_to_send(busy_bytes_, rules_.bytes_per_second);
}

std::optional<std::size_t> path::slice() const noexcept {
    const std::int64_t rate = rules_.bytes_per_second;
    if (rate == 0) return std::nullopt;
    const std::int64_t slow = std::clamp<std::int64_t>(rate / slow_slices_a_second, 1, largest_slice);
    return static_cast<std::size_t>(std::max(slow, rate / fast_slices_a_second));
}

time_point path::send(time_point now, std::int64_t size) noexcept {
    if (idle_at() <= now) {
        busy_since_ = now;
        busy_bytes_ = 0;
    }
    const std::int64_t slowly = std::min(size, at_half_);
    at_half_ -= slowly;
    busy_bytes_ += size + slowly;
    if (rules_.loss.bytes_between > 0) lose(size);
    const time_point arrival = idle_at() + delay();
    // What comes later does not arrive sooner.
    if (rules_.jitter > duration{0}) last_arrival_ = std::max(last_arrival_, arrival);
    return std::max(arrival, last_arrival_);
}

/// Of `size` bytes some may get lost.
void path::lose(std::int64_t size) noexcept {
    until_loss_ -= size;
    while (until_loss_ <= 0) {
        busy_since_ += rules_.loss.pause;
        if (rules_.bytes_per_second > 0)
            at_half_ = sent_within(rules_.loss.recovery, rules_.bytes_per_second) / 2;
        const auto mean = static_cast<double>(rules_.loss.bytes_between);
        until_loss_ += std::max<std::int64_t>(static_cast<std::int64_t>(chance_.exponential(mean)), 1);
    }
}

duration path::delay() noexcept {
    if (rules_.jitter <= duration{0}) return rules_.delay;
    if (const time_point sent = idle_at(); sent >= same_until_) {
        same_until_ = sent + steady;
        extra_ = duration(
            static_cast<std::int64_t>(chance_.below(static_cast<std::uint64_t>(rules_.jitter.count()) + 1)));
    }
    return rules_.delay + extra_;
}

}  // namespace mtproto::traffic
