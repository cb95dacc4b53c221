// A heap of events.
#include "sim/event_queue.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::sim {

void event_queue::at(time_point when, std::function<void()> what) {
    events_.push({std::max(when, now_), ++count_, std::move(what)});
}

bool event_queue::step(time_point end) {
    if (events_.empty() || events_.top().when > end) return false;
    // The queue gives only a constant view of what is about to go.
    event next = std::move(const_cast<event&>(events_.top()));
    events_.pop();
    now_ = next.when;
    next.what();
    return true;
}

}  // namespace mtproto::sim
