// All limits of an account at once: buckets, a window, and the moment at which a rate changes.
#include "traffic/flood_rules.hpp"

namespace mtproto::traffic {

part_quota::part_quota(const flood_rules& rules) noexcept
    : rules_(rules), bytes_(rules.bytes), requests_(rules.requests) {}

bool part_quota::take(time_point now, std::int64_t size, token_bucket& of_connection) noexcept {
    follow_time(now);
    const bool fits = rules_.window.bytes == 0 || window_used_ + size <= rules_.window.bytes;
    if (!fits || !bytes_.holds(now, size) || !requests_.holds(now, 1) || !of_connection.take(now, size))
        return false;
    bytes_.take(now, size);
    requests_.take(now, 1);
    window_used_ += size;
    return true;
}

std::optional<duration> part_quota::rest_of_window(time_point now) const noexcept {
    if (rules_.window.bytes == 0 || !began_) return std::nullopt;
    return window_began_ + rules_.window.length - now;
}

void part_quota::follow_time(time_point now) noexcept {
    if (!began_) {
        began_ = now;
        window_began_ = now;
    }
    const duration passed = now - window_began_;
    if (passed >= rules_.window.length) {
        window_began_ += passed - passed % rules_.window.length;
        window_used_ = 0;
    }
    const time_point change = *began_ + rules_.change.after;
    if (rules_.change.after > duration{0} && !rate_changed_ && now >= change) {
        rate_changed_ = true;
        bytes_.change_rate(change, rules_.change.rate);
    }
}

}  // namespace mtproto::traffic
