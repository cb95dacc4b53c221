// Sorts questions and events by lane.
#include "schedule/lanes.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::schedule {
namespace {

/// The most that a strategy answers; `otherwise` where there is none.
template <class All, class Question>
auto most_of(const All& strategies, Question question, decltype(question(**strategies.begin())) otherwise) {
    bool any = false;
    for (const auto& one : strategies) {
        if (!one) continue;
        const auto answer = question(*one);
        otherwise = std::exchange(any, true) ? std::max(otherwise, answer) : answer;
    }
    return otherwise;
}

}  // namespace

int lanes::add(std::unique_ptr<window::strategy> strategy) noexcept {
    const auto* const free = std::find(strategies_.begin(), strategies_.end(), nullptr);
    if (free == strategies_.end()) return -1;
    const auto lane = static_cast<std::size_t>(free - strategies_.begin());
    strategies_[lane] = std::move(strategy);
    return static_cast<int>(lane);
}

std::unique_ptr<window::strategy> lanes::remove(int lane) noexcept {
    return has(lane) ? std::move(strategies_[static_cast<std::size_t>(lane)]) : nullptr;
}

int lanes::count() const noexcept {
    return static_cast<int>(std::count_if(strategies_.begin(), strategies_.end(),
                                          [](const auto& one) { return one != nullptr; }));
}

window::strategy* lanes::of(int connection) const noexcept {
    const int lane = lane_of(connection);
    return has(lane) ? strategies_[static_cast<std::size_t>(lane)].get() : nullptr;
}

int lanes::first() const noexcept {
    int lane = 0;
    while (lane < most_lanes && !has(lane))
        ++lane;
    return lane;
}

int lanes::connections_of(int lane) const {
    return has(lane) ? strategies_[static_cast<std::size_t>(lane)]->connections() : 0;
}

int lanes::connections() const {
    return most_of(
        strategies_, [](const auto& one) { return one.connections(); }, 0);
}

int lanes::in_flight(int connection) const {
    const window::strategy* const own = of(connection);
    return own ? own->in_flight(number_in_lane(connection)) : 0;
}

std::int32_t lanes::part_size() const {
    return most_of(
        strategies_, [](const auto& one) { return one.part_size(); }, 0);
}

bool lanes::may_ask(const window::outlook& now) const {
    return most_of(
        strategies_, [&](const auto& one) { return one.may_ask(now); }, false);
}

/// Of several lanes each part goes over what is free.
int lanes::connection_for(std::int64_t offset) const {
    if (count() != 1) return -1;
    const int lane = first();
    const int wanted = of(first_of_lane(lane))->connection_for(offset);
    return wanted < 0 || wanted >= most_connections ? -1 : first_of_lane(lane) + wanted;
}

std::optional<duration> lanes::late_after(const window::pending_part& what) const {
    const window::strategy* own = of(what.connection);
    if (!own) own = of(first_of_lane(first()));
    if (!own) return std::nullopt;
    window::pending_part there = what;
    there.connection = number_in_lane(what.connection);
    return own->late_after(there);
}

int lanes::watched() const {
    return most_of(
        strategies_, [](const auto& one) { return one.watched(); }, 0);
}

bool lanes::keeps_pace() const {
    return most_of(
        strategies_, [](const auto& one) { return one.keeps_pace(); }, false);
}

void lanes::on_asked(const window::pending_part& what, time_point now) {
    window::strategy* const own = of(what.connection);
    if (!own) return;
    window::pending_part there = what;
    there.connection = number_in_lane(what.connection);
    own->on_asked(there, now);
}

void lanes::on_part(const window::part_report& report, time_point now) {
    window::strategy* const own = of(report.connection);
    if (!own) return;
    window::part_report there = report;
    there.connection = number_in_lane(report.connection);
    own->on_part(there, now);
}

void lanes::on_flood(duration wait, time_point now) {
    for (const auto& one : strategies_)
        if (one) one->on_flood(wait, now);
}

void lanes::on_connection_up(int connection, time_point now) {
    if (window::strategy* const own = of(connection)) own->on_connection_up(number_in_lane(connection), now);
}

void lanes::on_connection_lost(int connection, time_point now) {
    if (window::strategy* const own = of(connection))
        own->on_connection_lost(number_in_lane(connection), now);
}

}  // namespace mtproto::schedule
