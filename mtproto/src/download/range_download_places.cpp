// Places that join a download and leave it, each as a lane of the scheduler.
#include "download/range_download.hpp"

#include <utility>

namespace mtproto::download {

void range_download::join(const stream_place& at) {
    if (!scheduler_ || lanes_.find(*at.source) >= 0) return;
    put_lane(at);
    perform();
}

void range_download::leave(const source_choice& at) {
    if (!scheduler_) return;
    drop_lane(lanes_.find(at));
    perform();
}

void range_download::move(const source_choice& from, const stream_place& to) {
    if (!scheduler_) return;
    drop_lane(lanes_.find(from));
    put_lane(to);
    perform();
}

void range_download::fail(const failure& why) {
    if (!scheduler_) return;
    failures_.note(why);
    scheduler_->broken(now());
    perform();
}

range_download::standing range_download::stands() const {
    standing made;
    made.reader_waits = wait_.since();
    if (!scheduler_) return made;
    made.wants_more = scheduler_->wants_more();
    made.under_way = asking();
    made.ahead = chunks_.ahead();
    return made;
}

void range_download::put_lane(const stream_place& at) {
    std::unique_ptr<window::strategy> strategy = std::move(lanes_.spare);
    if (!strategy) strategy = window::adaptive(at.source->connections());
    auto made = std::make_unique<download_lane>(at, *this, range_.weight);
    schedule::fair_queue::flow* const queue = made->queue ? &*made->queue : nullptr;
    const int lane = scheduler_->add_lane(now(), std::move(strategy), at.source->connections(), queue);
    if (lane >= 0) lanes_.put(lane, std::move(made));
}

/// Requests that are under way end by themselves: the scheduler has dropped them.
void range_download::drop_lane(int lane) {
    if (!lanes_.find(lane)) return;
    std::unique_ptr<window::strategy> strategy = scheduler_->remove_lane(now(), lane);
    if (services_.own_strategy) lanes_.spare = std::move(strategy);
    std::erase_if(tasks_.opening, [&](const auto& one) { return schedule::lane_of(one.first) == lane; });
    lanes_.erase(lane);
}

/// Whether there are other places than this one, which has failed: it is left then.
bool range_download::goes_on_without(int lane, const failure& why) {
    const download_lane* const one = services_.places ? lanes_.find(lane) : nullptr;
    if (!one) return false;
    const std::shared_ptr<source_choice> at = one->source;
    const bool goes_on = services_.places->failed(*this, at, why);
    if (!scheduler_) return true;  // closed by who was told of it
    if (goes_on) drop_lane(lanes_.find(*at));
    return goes_on;
}

}  // namespace mtproto::download
