// The gate's three states: open, shut until a time, one probe out.
#include "schedule/flood_gate.hpp"

#include <algorithm>

namespace mtproto::schedule {

flood_gate::pass flood_gate::enter(time_point now) noexcept {
    if (!flooded_) return pass::yes;
    if (!open(now)) return pass::no;
    probing_ = true;
    return pass::probe;
}

void flood_gate::flooded(time_point now, duration wait) noexcept {
    flooded_ = true;
    not_before_ = std::max(not_before_, now + wait);
    // Others may have a later wake-up to set, or an earlier one to forget.
    wake_all();
}

void flood_gate::probe_ended(time_point now, bool answered) noexcept {
    probing_ = false;
    // A wait that an older request brought meanwhile still holds.
    if (answered && now >= not_before_) flooded_ = false;
    wake_all();
}

void flood_gate::unwatch(wakeable& who) noexcept {
    std::erase(watchers_, &who);
}

void flood_gate::wake_all() noexcept {
    for (wakeable* one : watchers_)
        one->wake();
}

}  // namespace mtproto::schedule
