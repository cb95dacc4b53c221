// Events, and the plan that follows each of them.
#include "schedule/scheduler.hpp"

#include <algorithm>

namespace mtproto::schedule {

scheduler::scheduler(const range_settings& range, std::unique_ptr<window::strategy> strategy,
                     byte_budget& budget, wakeable& driver, fair_queue::flow* queue, const cache_view* cache)
    : range_(range),
      strategy_(std::move(strategy)),
      admission_(range, strategy_, budget, driver, queue, cache),
      connections_(range),
      parts_(range.begin, range.end, range.align),
      hedging_(strategy_),
      dispatcher_({.range = range_,
                   .strategy = strategy_,
                   .shared = admission_,
                   .connections = connections_,
                   .parts = parts_,
                   .requests = requests_,
                   .hedges = hedging_,
                   .actions = actions_}),
      paused_(range.paused) {}

int scheduler::add_lane(time_point now, std::unique_ptr<window::strategy> strategy, int connections,
                        fair_queue::flow* queue) {
    const int lane = strategy_.add(std::move(strategy));
    if (lane < 0) return lane;
    connections_.add_lane(lane, connections);
    admission_.add_lane(lane, queue);
    plan(now);
    return lane;
}

std::unique_ptr<window::strategy> scheduler::remove_lane(time_point now, int lane) {
    if (!strategy_.has(lane)) return nullptr;
    for (int c = first_of_lane(lane); c < first_of_lane(lane + 1); ++c) {
        dispatcher_.take_from(now, c);
        if (connections_[c].state != connection_state::closed) strategy_.on_connection_lost(c, now);
    }
    // Parts that are wanted again are not to avoid a connection that is no more.
    for (part& one : parts_)
        if (one.avoid >= 0 && lane_of(one.avoid) == lane) one.avoid = -1;
    connections_.remove_lane(lane);
    admission_.remove_lane(lane);
    on_hold_ &= ~(1U << lane);
    std::unique_ptr<window::strategy> gone = strategy_.remove(lane);
    plan(now);
    return gone;
}

void scheduler::start(time_point now) {
    started_ = true;
    stall_.restart(now);
    plan(now);
}

void scheduler::connection_up(time_point now, int connection, flood_gate& gate) {
    if (!connection_table::known(connection)) return;
    if (connections_[connection].state == connection_state::closed) return;
    const bool fresh = connections_.came_up(connection, gate);
    admission_.watch(gate, lane_of(connection));
    if (fresh) strategy_.on_connection_up(connection, now);
    plan(now);
}

void scheduler::connection_lost(time_point now, int connection, time_point retry_at) {
    if (!connection_table::known(connection)) return;
    const schedule::connection& lost = connections_[connection];
    if (lost.state == connection_state::closed) return;
    // One that has brought nothing yet tells nothing of the part while another one brings parts.
    const bool at_fault = !lost.last_delivery && connections_.delivers_besides(connection, now);
    bool too_often = false;
    for (part* const one : dispatcher_.take_from(now, connection)) {
        if (at_fault) continue;
        one->count_loss(now, range_.bounds.one_outage);
        too_often |= one->losses >= range_.bounds.part_losses;
    }
    connections_.was_lost(connection, retry_at);
    strategy_.on_connection_lost(connection, now);
    if (running() && (too_often || !connections_.any_left())) fail();
    plan(now);
}

void scheduler::part_received(time_point now, ticket id, bool by_connection) {
    const std::optional<sent_request> ended = requests_.answered(id, now, by_connection);
    if (!ended) return;
    part& one = parts_.at(ended->offset);
    const ticket loser = one.request == id ? one.hedge : one.request;
    parts_.receive(one, id);
    hedging_.received(one.range.length);
    stall_.came(now, now - ended->sent);
    connections_[ended->pending.connection].losses = 0;
    if (loser != 0) race_lost(now, loser);
    if (by_connection) report_part(now, id, *ended, loser != 0);
    deliver_ready();
    plan(now);
}

void scheduler::report_part(time_point now, ticket id, const sent_request& ended, bool hedged) {
    const int connection = ended.pending.connection;
    window::part_report report;
    static_cast<window::pending_part&>(report) = ended.pending;
    report.took = now - ended.sent;
    connections_.delivered(connection, id, ended.pending.size, report.took, now);
    report.delivered = connections_[connection].delivered - ended.delivered;
    report.held_back = admission_.held_back_since(ended.sent, lane_of(connection));
    report.hedged = hedged;
    report.from_hedge = hedged && ended.hedge;
    strategy_.on_part(report, now);
}

void scheduler::part_failed(time_point now, ticket id, part_failure how, time_point retry_at) {
    const std::optional<sent_request> ended = requests_.drop(id);
    if (!ended) return;
    part& one = parts_.at(ended->offset);
    const bool goes_on = one.goes_on_without(id);
    if (!goes_on) parts_.want_again(one, retry_at);
    const int connection = ended->pending.connection;
    if (how != part_failure::retry) connections_[connection].note_activity(now);
    bool too_often = false;
    switch (how) {
        case part_failure::retry:
            too_often = !goes_on && ++one.attempts >= range_.bounds.part_attempts;
            break;
        case part_failure::wrong_length:
            one.avoid = connection;
            too_often = ++one.wrong_lengths >= 2;
            break;
        case part_failure::parked:
            break;
        case part_failure::fatal:
            too_often = true;
            break;
    }
    if (too_often) fail();
    plan(now);
}

void scheduler::flooded(time_point now, ticket id, duration wait) {
    const std::optional<sent_request> ended = requests_.refused(id, now, wait);
    if (!ended) return;
    connections_[ended->pending.connection].note_activity(now);
    part& one = parts_.at(ended->offset);
    if (!one.goes_on_without(id)) parts_.want_again(one, now);
    strategy_.on_flood(wait, now);
    plan(now);
}

void scheduler::hold(time_point, int lane) {
    on_hold_ |= 1U << lane;
    admission_.hold(lane, true);
}

void scheduler::release(time_point now, int lane) {
    on_hold_ &= ~(1U << lane);
    admission_.hold(lane, false);
    plan(now);
}

unsigned scheduler::present_lanes() const noexcept {
    unsigned all = 0;
    for (int lane = 0; lane < most_lanes; ++lane)
        if (strategy_.has(lane)) all |= 1U << lane;
    return all;
}

void scheduler::pause(time_point now) {
    paused_ = true;
    admission_.rest(true);
    plan(now);
}

void scheduler::resume(time_point now) {
    paused_ = false;
    admission_.rest(false);
    plan(now);
}

void scheduler::reader_moved(time_point now, std::int64_t offset) {
    parts_.advance(offset);
    plan(now);
}

void scheduler::seek(time_point now, std::int64_t offset) {
    offset = std::clamp<std::int64_t>(offset, 0, range_.end);
    const auto drop_one = [this](part& one) { dispatcher_.drop(one); };
    if (!failed_ && offset < range_.end && parts_.covers(offset)) {
        parts_.seek(offset, drop_one);
    } else {
        parts_.restart(offset, drop_one);
        admission_.give_reserved();
    }
    if (std::exchange(failed_, false)) connections_.forgive();
    stall_.restart(now);
    deliver_ready();
    plan(now);
}

void scheduler::broken(time_point now) {
    if (running()) fail();
    const admission::round nothing_more(admission_, now);
}

void scheduler::broken(time_point now, int connection) {
    // Closed without a plan between: that would open it again at once.
    if (connection_table::known(connection)) connections_[connection].state = connection_state::closed;
    broken(now);
}

void scheduler::excused(time_point now, time_point until) {
    stall_.excuse(now, until);
    plan(now);
}

void scheduler::went_elsewhere(time_point now) {
    for (int c = 0; c < connections_.size(); ++c)
        dispatcher_.take_from(now, c);
    stall_.went_elsewhere(now);
    plan(now);
}

void scheduler::tick(time_point now) {
    plan(now);
}

int scheduler::attempts(ticket id) const {
    const sent_request* const found = requests_.find(id);
    return found ? parts_.at(found->offset).attempts : 0;
}

int scheduler::losses(int connection) const {
    return connection_table::known(connection) ? connections_[connection].losses : 0;
}

void scheduler::plan(time_point now) {
    bool awaits_turn = false;
    {
        admission::round round(admission_, now);
        give_back();
        if (!running()) return;
        check_stalled(now);
        check_silent(now);
        for (int lane = 0; lane < most_lanes; ++lane) {
            if (!strategy_.has(lane)) continue;
            const int target = dispatcher_.target(lane);
            const std::int64_t useful = std::min<std::int64_t>(target, dispatcher_.parts_to_come());
            connections_.follow(target, useful, now, actions_, lane);
        }
        if (asking()) awaits_turn = dispatcher_.ask(round);
    }
    stall_.awaits(now, awaits_bytes(awaits_turn));
}

/// Other streams are short of what this one can do without: the parts furthest from the reader go, also of a
/// download that has failed, whose reader may never come back.
void scheduler::give_back() {
    if (!parts_.empty() && admission_.asked_back() > 0) admission_.give_reserved();
    // The first part stays: the reader may be holding it.
    while (admission_.asked_back() > 0 && parts_.size() > 1) {
        dispatcher_.drop(parts_.back());
        parts_.drop_last();
    }
}

void scheduler::check_stalled(time_point now) {
    if (const std::optional<time_point> until = shut_until()) stall_.excuse(now, *until);
    switch (stall_.look(now)) {
        case stall_watch::verdict::wait:
            break;
        case stall_watch::verdict::look_elsewhere:
            actions_.emplace_back(look_elsewhere{});
            break;
        case stall_watch::verdict::over:
            actions_.emplace_back(stalled{});
            break;
    }
}

/// When the first lane may bring something again, while flood waits hold all of them.
std::optional<time_point> scheduler::shut_until() const {
    std::optional<time_point> first;
    for (int lane = 0; lane < most_lanes; ++lane) {
        if (!strategy_.has(lane)) continue;
        const std::optional<time_point> until = admission_.shut_until(lane);
        if (!until) return std::nullopt;
        first = std::min(first.value_or(*until), *until);
    }
    return first;
}

void scheduler::check_silent(time_point now) {
    for (int c = 0; c < connections_.size(); ++c) {
        const std::optional<time_point> silent = connections_.silent_at(c);
        if (!silent || now < *silent) continue;
        connections_[c].checked = now;
        if (connections_.active_since(c) || connections_.other_lane_serves(c))
            check(now, c);
        else  // all are silent: nobody could take its parts
            actions_.emplace_back(check_connection{c});
    }
}

/// Whether something is asked for, or would be if there were a connection. A stream that waits for others'
/// turns does not: their waits are watched.
bool scheduler::awaits_bytes(bool awaits_turn) const {
    if (!asking()) return false;
    if (!requests_.empty()) return true;
    if (admission_.held_by_gate() || awaits_turn) return false;
    if (parts_.wanted() > 0) return true;
    return !parts_.at_end() && connections_.up() == 0 && admission_.held() < range_.read_ahead;
}

/// Its parts move to others at once, and it carries none until the driver says that it is up.
void scheduler::check(time_point now, int connection) {
    dispatcher_.take_from(now, connection);
    connections_.check(connection, now);
    actions_.emplace_back(check_connection{connection});
}

/// The other request's answer came first. When nothing has come since the loser was sent, neither it nor
/// anything else, its connection is dead rather than the part slow: if more is late there, or that happened
/// twice in a row.
void scheduler::race_lost(time_point now, ticket id) {
    const sent_request loser = requests_.at(id);
    dispatcher_.drop(id);
    connection& slow = connections_[loser.pending.connection];
    hedging_.refund(id, loser, slow);
    if (loser.hedge || !slow.is_up() || slow.last_activity > loser.sent) return;
    ++slow.lost_races;
    const bool more_late = requests_.any([&](const sent_request& one) {
        if (one.pending.connection != loser.pending.connection) return false;
        const std::optional<time_point> late = hedging_.late_at(one);
        return late && now >= *late;
    });
    if (more_late || slow.lost_races > 1) check(now, loser.pending.connection);
}

void scheduler::deliver_ready() {
    while (const std::optional<deliver_part> next = parts_.deliver_next())
        actions_.emplace_back(*next);
}

void scheduler::fail() {
    failed_ = true;
    admission_.give_reserved();
    // Delivered parts stay for the reader; all after them go.
    while (parts_.size() > parts_.delivered()) {
        dispatcher_.drop(parts_.back());
        parts_.drop_last();
    }
    admission_.give_up();
    actions_.emplace_back(give_up{});
}

std::optional<time_point> scheduler::wakeup(time_point now) const {
    std::optional<time_point> first;
    const auto consider = [&](const std::optional<time_point>& when) {
        if (when && *when > now && (!first || *when < *first)) first = when;
    };
    if (!running()) return first;
    if (dispatcher_.parts_to_come() > 0)
        for (const connection& one : connections_) {
            if (one.state == connection_state::closed && one.losses > 0) consider(one.reopen);
            if (asking() && one.is_up()) consider(admission_.opens_at(*one.gate, now));
        }
    if (asking() && parts_.wanted() > 0)
        for (const part& one : parts_)
            if (one.state == part_state::wanted) consider(one.not_before);
    for (int c = 0; c < connections_.size(); ++c)
        consider(connections_.silent_at(c));
    consider(stall_.due());
    if (!asking()) return first;
    const std::size_t watched = hedging_.watched_end(parts_);
    for (std::size_t i = parts_.delivered(); i < watched; ++i)
        if (parts_[i].state == part_state::in_flight)
            consider(hedging_.late_at(requests_.at(parts_[i].newest())));
    return first;
}

}  // namespace mtproto::schedule
