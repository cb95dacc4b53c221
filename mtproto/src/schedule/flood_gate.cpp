// The gate's three states, open, shut until a time, one probe out; and the queue before it.
#include "schedule/flood_gate.hpp"

#include <algorithm>

namespace mtproto::schedule {

bool flood_gate::in_turn(time_point now, wakeable& who) {
    if (now >= pace_->next() && (queue_.empty() || queue_.front() == &who)) return true;
    if (std::find(queue_.begin(), queue_.end(), &who) == queue_.end()) queue_.push_back(&who);
    return false;
}

void flood_gate::leave_queue(const wakeable& who) noexcept {
    if (queue_.empty()) return;
    const bool first = queue_.front() == &who;
    std::erase(queue_, &who);
    if (first && !queue_.empty()) queue_.front()->wake();
}

flood_gate::pass flood_gate::enter(time_point now, std::int64_t size, const wakeable& who) {
    if (!open(now)) return pass::no;
    pace_->asked(now, size);
    leave_queue(who);
    if (!flooded_) return pass::yes;
    probing_ = true;
    return pass::probe;
}

void flood_gate::hold(time_point now, duration wait) {
    held_ = true;
    shut(now, wait);
}

void flood_gate::flooded(time_point now, duration wait, time_point asked_at, std::int64_t size) {
    pace_->refused(asked_at, size);
    // Requests that were under way at the first refusal are refused with it, however late their answers come.
    // They tell nothing new, and a probe says nothing of the pace.
    if (!counted_ && !probing_ && asked_at >= reopened_) {
        ++floods_;
        pace_->flooded(asked_at);
    }
    counted_ = true;
    const bool known = held_ && std::chrono::ceil<std::chrono::seconds>(not_before_ - now) == wait;
    shut(now, known ? duration{0} : wait);
}

void flood_gate::shut(time_point now, duration wait) {
    flooded_ = true;
    if (now + wait > not_before_) {
        not_before_ = now + wait;
        flooded_at_ = now;
    }
    // Others may have a later wake-up to set, or an earlier one to forget.
    wake_all();
}

void flood_gate::probe_ended(time_point now, bool answered) noexcept {
    probing_ = false;
    // A wait that an older request brought meanwhile still holds.
    if (flooded_ && answered && now >= not_before_) {
        flooded_ = false;
        counted_ = false;
        reopened_ = now;
    }
    wake_all();
}

void flood_gate::unwatch(wakeable& who) noexcept {
    leave_queue(who);
    std::erase(watchers_, &who);
}

void flood_gate::wake_all() noexcept {
    for (wakeable* one : watchers_)
        one->wake();
}

}  // namespace mtproto::schedule
