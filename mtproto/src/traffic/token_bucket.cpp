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

bool token_bucket::take(time_point now, std::int64_t count) noexcept {
    if (rules_.rate <= 0) return true;
    const time_point full_at = std::max(full_at_, now) + time_for(count);
    if (full_at - now > time_for(std::max(rules_.burst, count))) return false;
    full_at_ = full_at;
    return true;
}

}  // namespace mtproto::traffic
