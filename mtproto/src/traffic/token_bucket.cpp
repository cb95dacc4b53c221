// The bucket as the time at which it will be full: no sum is rounded more than once a take.
#include "traffic/token_bucket.hpp"

#include "traffic/pace.hpp"

#include <algorithm>

namespace mtproto::traffic {

duration token_bucket::time_for(std::int64_t count) const noexcept {
    return time_to_send(count, rules_.rate);
}

std::int64_t token_bucket::level(time_point now) const noexcept {
    if (rules_.rate <= 0 || full_at_ <= now) return rules_.burst;
    return rules_.burst - sent_within(full_at_ - now, rules_.rate);
}

time_point token_bucket::full_without(time_point now, std::int64_t count) const noexcept {
    return std::max(full_at_, now) + time_for(count);
}

bool token_bucket::holds(time_point now, std::int64_t count) const noexcept {
    if (rules_.rate <= 0) return true;
    return full_without(now, count) - now <= time_for(std::max(rules_.burst, count));
}

bool token_bucket::take(time_point now, std::int64_t count) noexcept {
    if (rules_.rate <= 0) return true;
    if (!holds(now, count)) return false;
    full_at_ = full_without(now, count);
    return true;
}

void token_bucket::change_rate(time_point now, std::int64_t rate) noexcept {
    const std::int64_t missing = rules_.burst - level(now);
    rules_.rate = rate;
    full_at_ = now + time_for(missing);
}

}  // namespace mtproto::traffic
