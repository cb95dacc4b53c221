// The limits, and which of them holds.
#include "localdc/idle_limit.hpp"

#include <algorithm>

namespace mtproto::localdc {
namespace {

constexpr duration first_packet_limit = std::chrono::seconds(10);
constexpr duration key_limit = std::chrono::minutes(1);
constexpr duration usual_limit = std::chrono::minutes(20);

}  // namespace

void idle_limit::packet_came(time_point now) noexcept {
    has_packet_ = true;
    last_active_ = now;
}

time_point idle_limit::deadline(time_point frozen_until) const noexcept {
    if (close_at_) return *close_at_;
    const time_point since = std::max(last_active_, frozen_until);
    return since + (!has_packet_ ? first_packet_limit : !has_key_ ? key_limit : usual_limit);
}

}  // namespace mtproto::localdc
