// Finds lanes, and makes one wait of those of all.
#include "download/download_lanes.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::download {

download_lane::download_lane(const stream_place& at, schedule::wakeable& who, int weight)
    : source(at.source), connections(at.queue), version(at.source->version()) {
    // The connections that are up and least busy serve as the first ones.
    if (connections) queue.emplace(*connections, who, weight, connections->order(source->connections()));
}

void download_lane::note_up(int number, bool up) {
    if (connections) connections->set_up(shared(number), up);
}

void download_lanes::put(int lane, std::unique_ptr<download_lane> made) {
    slot(lane) = std::move(made);
}

download_lane* download_lanes::find(int lane) const noexcept {
    return lane >= 0 && lane < schedule::most_lanes ? lanes_[static_cast<std::size_t>(lane)].get() : nullptr;
}

int download_lanes::find(const source_choice& at) const noexcept {
    for (int lane = 0; lane < schedule::most_lanes; ++lane)
        if (const download_lane* const one = find(lane); one && one->source.get() == &at) return lane;
    return -1;
}

bool download_lanes::empty() const noexcept {
    return std::all_of(lanes_.begin(), lanes_.end(), [](const auto& one) { return one == nullptr; });
}

bool download_lanes::renewing() const noexcept {
    return std::any_of(lanes_.begin(), lanes_.end(), [](const auto& one) { return one && one->renewal; });
}

std::optional<time_point> download_lanes::flooded_until(time_point now) const {
    std::optional<time_point> first;
    for (const auto& one : lanes_) {
        if (!one) continue;
        if (!one->source->flooded(now)) return std::nullopt;
        const time_point until = one->source->gate().not_before();
        first = std::min(first.value_or(until), until);
    }
    return first;
}

std::optional<wait_info> download_lanes::wait(time_point now) {
    const std::optional<time_point> all = flooded_until(now);
    for (const auto& one : lanes_) {
        if (!one) continue;
        if (all ? one->source->gate().not_before() == *all : !one->source->flooded(now))
            return one->source->wait(now);
    }
    return std::nullopt;
}

std::optional<time_point> download_lanes::announced_wait() const {
    std::optional<time_point> first;
    for (const auto& one : lanes_) {
        if (!one) continue;
        const std::optional<time_point> until = one->source->announced_wait();
        if (!until) return std::nullopt;
        first = std::min(first.value_or(*until), *until);
    }
    return first;
}

}  // namespace mtproto::download
