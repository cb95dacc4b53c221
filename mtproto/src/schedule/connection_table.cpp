// States of connections, their silence, and the order among them.
#include "schedule/connection_table.hpp"

#include <algorithm>

namespace mtproto::schedule {
namespace {

/// Parts take less, but for the slowest connections.
constexpr duration lately = std::chrono::minutes(1);
/// Parts may take long on a slow connection; silence is longer than this many of their times.
constexpr int times_usual = 3;
/// A connection that was alive after all is left alone twice as long the next time, this often.
constexpr int most_pardons = 4;

}  // namespace

bool connection::delivers(time_point now) const noexcept {
    return is_up() && last_delivery && now - *last_delivery < lately;
}

connection_table::connection_table(const range_settings& how)
    : most_losses_(how.bounds.connection_losses), silence_(how.bounds.silence) {
    available_[0] = how.connections;
}

void connection_table::add_lane(int lane, int available) noexcept {
    available_[static_cast<std::size_t>(lane)] = std::min(available, most_connections);
    size_ = std::max(size_, first_of_lane(lane + 1));
}

void connection_table::remove_lane(int lane) noexcept {
    available_[static_cast<std::size_t>(lane)] = 0;
    for (int c = first_of_lane(lane); c < first_of_lane(lane + 1); ++c)
        (*this)[c] = {};
    while (size_ > most_connections && available_[static_cast<std::size_t>(lane_of(size_ - 1))] == 0)
        size_ -= most_connections;
}

bool connection_table::came_up(int number, flood_gate& gate) noexcept {
    connection& one = (*this)[number];
    one.gate = &gate;
    one.lost_races = 0;
    if (one.is_up()) return false;
    if (one.state == connection_state::checking) ++one.false_alarms;
    one.state = connection_state::up;
    return true;
}

void connection_table::was_lost(int number, time_point retry_at) noexcept {
    connection& one = (*this)[number];
    one.state = connection_state::closed;
    one.usual = {};
    one.last_delivery.reset();
    one.reopen = retry_at;
    ++one.losses;
    one.false_alarms = 0;
}

void connection_table::delivered(int number, ticket id, std::int64_t size, duration took,
                                 time_point now) noexcept {
    connection& one = (*this)[number];
    one.usual = one.usual.count() == 0 ? took : (one.usual * 3 + took) / 4;
    one.delivered += size;
    one.last_delivery = now;
    one.newest = std::max(one.newest, id);
    one.note_activity(now);
}

void connection_table::check(int number, time_point now) noexcept {
    connection& one = (*this)[number];
    one.state = connection_state::checking;
    one.checked = now;
}

bool connection_table::any_left() const noexcept {
    return std::any_of(begin(), end(), [&](const connection& one) {
        return one.state != connection_state::closed || (one.losses > 0 && !given_up(one));
    });
}

void connection_table::forgive() noexcept {
    for (connection& one : connections_) {
        one.losses = 0;
        one.reopen = {};
    }
}

int connection_table::up() const noexcept {
    return static_cast<int>(std::count_if(begin(), end(), [](const connection& one) { return one.is_up(); }));
}

bool connection_table::delivers_besides(int number, time_point now) const noexcept {
    for (int c = 0; c < size_; ++c)
        if (c != number && (*this)[c].delivers(now)) return true;
    return false;
}

bool connection_table::active_since(int number) const noexcept {
    const time_point last = (*this)[number].last_activity;
    return std::any_of(begin(), end(), [&](const connection& one) {
        return one.is_up() && one.last_activity > last && one.usual.count() > 0;
    });
}

bool connection_table::other_lane_serves(int number) const noexcept {
    const time_point last = (*this)[number].last_activity;
    for (int c = 0; c < size_; ++c) {
        const connection& other = (*this)[c];
        if (lane_of(c) == lane_of(number) || !other.is_up()) continue;
        if (other.in_flight == 0 || other.last_activity > last) return true;
    }
    return false;
}

std::optional<time_point> connection_table::silent_at(int number) const noexcept {
    const connection& one = (*this)[number];
    if (!one.is_up() || one.in_flight == 0) return std::nullopt;
    duration slowest{0};
    for (const connection& other : *this)
        slowest = std::max(slowest, other.usual);
    // Where all room is taken by what does not come, another account stands idle.
    const bool others_serve = size_ > most_connections && other_lane_serves(number);
    duration patience = others_serve ? silence_ : std::max(silence_, slowest * times_usual);
    patience *= 1 << std::min(one.false_alarms, most_pardons);
    time_point since = others_serve ? one.last_activity : std::max(one.last_activity, one.checked);
    // A server that has asked to wait may leave its requests unanswered until then.
    if (one.gate->recovering()) since = std::max(since, one.gate->not_before());
    return since + patience;
}

void connection_table::follow(int target, std::int64_t useful, time_point now, std::vector<action>& actions,
                              int lane) {
    const int first = first_of_lane(lane);
    int alive = 0;
    for (int c = first; c < first + most_connections; ++c) {
        connection& one = (*this)[c];
        if (one.state == connection_state::closed) continue;
        const bool surplus = ++alive > target;
        if (!one.is_up()) continue;
        one.state = surplus ? connection_state::leaving : connection_state::up;
        if (!surplus || one.in_flight > 0) continue;
        one.state = connection_state::closed;
        actions.emplace_back(close_connection{c});
    }
    const int end = first + available_[static_cast<std::size_t>(lane)];
    for (int c = first; c < end && alive < useful; ++c) {
        connection& one = (*this)[c];
        if (one.state != connection_state::closed) continue;
        // One that waits to be opened again or was given up keeps its place: another would meet the same
        // trouble.
        ++alive;
        if (now < one.reopen || given_up(one)) continue;
        one.state = connection_state::opening;
        actions.emplace_back(open_connection{c});
    }
}

bool connection_table::sooner(const connection& one, const connection& other) noexcept {
    const duration here = one.usual * (one.in_flight + 1);
    const duration there = other.usual * (other.in_flight + 1);
    return here < there || (here == there && one.in_flight < other.in_flight);
}

}  // namespace mtproto::schedule
