// The reader of a simulated stream: one that discards, one that plays or writes at a rate.
#include "sim/download.hpp"
#include "traffic/pace.hpp"

#include <algorithm>

namespace mtproto::sim {

void download::read() {
    if (reader_.rate == 0) {
        while (machine_ && !ready_.empty()) {
            taken_ = ready_.front();
            ready_.pop_front();
            consume();
        }
        return;
    }
    if (taken_ || ready_.empty()) return;
    if (!playing_) {
        // A buffer that the budget cannot hold would never be full.
        const std::int64_t wanted = std::min({traffic::sent_within(reader_.buffer, reader_.rate),
                                              shared_.budget.capacity() / 2, reader_.size - position_});
        if (ready_bytes_ < wanted) return;
        playing_ = true;
    }
    stall_ends();
    taken_ = ready_.front();
    ready_.pop_front();
    ready_bytes_ -= taken_->length;
    shared_.events.after(traffic::time_to_send(taken_->length, reader_.rate), [this] {
        if (!machine_) return;
        consume();
        if (!machine_) return;
        if (ready_.empty()) stalled_since_ = now();
        perform();
    });
}

/// What was taken is used up.
void download::consume() {
    const schedule::deliver_part done = *taken_;
    taken_.reset();
    position_ = done.offset + done.length;
    outcome_.bytes += done.length;
    machine_->reader_moved(now(), position_);
    if (position_ >= reader_.size) end(true);
}

void download::stall_ends() {
    if (!stalled_since_) return;
    const duration time = now() - *stalled_since_;
    stalled_since_.reset();
    outcome_.stalled += time;
    outcome_.longest_stall = std::max(outcome_.longest_stall, time);
    ++outcome_.stalls;
}

}  // namespace mtproto::sim
