// The three ends of a permit.
#include "schedule/permit.hpp"

namespace mtproto::schedule {

void permit::answered(time_point now, bool by_connection) noexcept {
    flood_gate* const gate = gate_;
    end(now, true, by_connection);
    if (gate && by_connection) gate->answered(sent_, now);
}

void permit::refused(time_point now, duration wait) {
    if (gate_) gate_->flooded(now, wait, sent_, size_);
    end(now, false, false);
}

void permit::end(time_point now, bool answered, bool by_connection) noexcept {
    if (std::exchange(probe_, false)) gate_->probe_ended(now, answered);
    if (queue_) std::exchange(queue_, nullptr)->end(grant_, now, by_connection);
    gate_ = nullptr;
}

}  // namespace mtproto::schedule
