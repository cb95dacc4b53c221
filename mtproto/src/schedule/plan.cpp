// What to do now: the scheduler's decisions.
#include "schedule/scheduler.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::schedule {

void scheduler::plan(time_point now) {
    give_back();
    out_of_turn_ = false;
    if (running()) {
        check_stalled(now);
        check_silent(now);
        plan_connections(now);
        if (asking())
            plan_parts(now);
        else
            give_up_room();
        stall_.awaits(now, awaits_bytes());
    }
    settle();
}

/// What this one left or does not want any more is for others, who hear of it.
void scheduler::settle() noexcept {
    if (!out_of_turn_) leave_queues();
    share_.settle();
    if (queue_) queue_->settle();
}

/// Nobody else waits for one that has nothing to ask for.
void scheduler::leave_queues() noexcept {
    for (flood_gate* gate : watched_)
        gate->leave_queue(driver_);
}

/// Other streams are short of what this one can do without: the parts furthest from the reader go, also of a
/// download that has failed, whose reader may never come back.
void scheduler::give_back() {
    if (!parts_.empty() && share_.asked_back() > 0) give_reserved();
    // The first part stays: the reader may be holding it.
    while (share_.asked_back() > 0 && parts_.size() > 1) {
        part& last = parts_.back();
        drop_data_and_request({}, last);
        delivered_ = std::min(delivered_, parts_.size() - 1);
        next_ = last.where.offset;
        share_.give(last.where.length);
        parts_.pop_back();
    }
}

/// As many as the strategy wants are opened. Of those that are too many the last carry nothing new, and close
/// once nothing is under way on them.
void scheduler::plan_connections(time_point now) {
    const std::int64_t useful = std::min<std::int64_t>(target(), parts_to_come());
    int alive = 0;
    for (int c = 0; c < most_connections; ++c) {
        line& one = *line_at(c);
        if (one.now == line_state::closed) continue;
        one.leaving = ++alive > target();
        if (!one.leaving || one.now != line_state::up || one.in_flight > 0) continue;
        one.now = line_state::closed;
        actions_.emplace_back(close_connection{c});
    }
    for (int c = 0; c < how_.connections && alive < useful; ++c) {
        line& one = *line_at(c);
        if (one.now != line_state::closed) continue;
        // One that waits to be opened again or was given up keeps its place: another would meet the same
        // trouble.
        ++alive;
        if (now < one.reopen || one.losses >= how_.bounds.connection_losses) continue;
        one.now = line_state::opening;
        one.leaving = false;
        actions_.emplace_back(open_connection{c});
    }
}

int scheduler::target() const {
    return std::clamp(strategy_->connections(), 1, how_.connections);
}

void scheduler::plan_parts(time_point now) {
    // The lowest offset first: what the reader waits for is never behind what it does not need yet.
    while (ask_for_waiting(now)) {
    }
    const bool waiting_first = awaits_turn_;
    ask_late_again(now);
    if (waiting_first)
        share_.no_wish();  // a smaller new part would take the turn, or give it up for want of room
    else
        ask_for_all_new(now);
    if (out_of_turn_) held_back_at_ = now;
}

void scheduler::ask_for_all_new(time_point now) {
    while (next_ < how_.end && may_ask(now)) {
        part_range where = reserved_.value_or(next_new(next_part_size()));
        awaits_turn_ = false;
        const int over = line_for_new(now, where);
        if (over < 0 && !awaits_turn_) break;
        // While the reader has nothing yet, what comes next must not be late because it is large.
        if (over < 0 && !reserved_ && !begun_ && where.limit > how_.first_part)
            where = next_new(how_.first_part);
        if (!reserve(where)) {
            // With most of its bytes under way, only connections could bring them sooner.
            if (bytes_under_way_ < share_.held() / 2) held_back_at_ = now;
            // Others are not to wait for one that could not take its turn.
            if (queue_) queue_->leave();
            return;
        }
        if (over < 0) return;
        ask_for_new(now, over);
    }
    give_up_room();
}

/// Always while nothing is under way, so that no strategy can bring its stream to a stop.
bool scheduler::may_ask(time_point now) const {
    if (requests_.empty()) return true;
    return strategy_->may_ask({now, static_cast<int>(requests_.size()), bytes_under_way_, connections_up()});
}

bool scheduler::ask_for_waiting(time_point now) {
    awaits_turn_ = false;
    if (wanted_ == 0) return false;
    for (part& one : parts_) {
        if (one.now != state::wanted || now < one.not_before) continue;
        const int over = best_line(now, one.where, one.avoid, one.moved);
        if (over < 0) continue;
        --wanted_;
        send(now, one, over);
        return true;
    }
    return false;
}

part_range scheduler::next_new(std::int32_t size) const {
    return part_at(next_, how_.end, how_.file_size, size);
}

/// Room for the next new part, which it has when its turn comes on a line.
bool scheduler::reserve(const part_range& where) {
    if (reserved_) return true;
    if (!parts_.empty() && share_.held() + where.length + spare(where.length) > how_.read_ahead) {
        share_.no_wish();  // its own limit, not the others, holds it back
        return false;
    }
    if (!share_.take(where.length)) return false;
    reserved_ = where;
    return true;
}

void scheduler::give_reserved() noexcept {
    if (const std::optional<part_range> unused = std::exchange(reserved_, std::nullopt))
        share_.give(unused->length);
}

/// Nothing new is to be asked for now.
void scheduler::give_up_room() noexcept {
    give_reserved();
    share_.no_wish();
}

void scheduler::ask_for_new(time_point now, int over) {
    part& made = parts_.emplace_back();
    made.where = *std::exchange(reserved_, std::nullopt);
    next_ = made.end();
    first_ = false;
    send(now, made, over);
}

bool scheduler::has_room(time_point now, int connection, const part_range& where) {
    const line& one = lines_[static_cast<std::size_t>(connection)];
    // One that was lost has to show first that it is back.
    const int most = one.losses > 0 ? 1 : std::clamp(strategy_->in_flight(connection), 1, most_in_flight);
    return one.now == line_state::up && !one.leaving && one.in_flight < most &&
           may_go(now, connection, where) && may_pass(now, *one.gate);
}

/// What is at hand goes over no line.
bool scheduler::may_go(time_point now, int connection, const part_range& where) {
    if (!queue_ || !how_.waits_its_turn || at_hand(where)) return true;
    if (queue_->may_go(connection, where.length)) return true;
    awaits_turn_ = true;
    held_back_at_ = now;
    return false;
}

bool scheduler::at_hand(const part_range& where) const {
    return cache_ && cache_->at_hand(where);
}

bool scheduler::may_pass(time_point now, flood_gate& gate) {
    const bool may = gate.open(now) && (!strategy_->keeps_pace() || gate.in_turn(now, driver_));
    out_of_turn_ |= !may;
    return may;
}

/// The one that the strategy wants for the next new part, if it has room; else the best; -1 when there is
/// none.
int scheduler::line_for_new(time_point now, const part_range& where) {
    const int wanted = strategy_->connection_for(next_);
    if (wanted < 0 || wanted >= target()) return best_line(now, where, -1);
    // One that is not opened for so few parts, or not any more, has others carry its own.
    const line& one = lines_[static_cast<std::size_t>(wanted)];
    const bool lost = one.losses > 0 && one.losses < how_.bounds.connection_losses;
    if (one.now == line_state::closed && !lost) return best_line(now, where, -1);
    return has_room(now, wanted, where) ? wanted : -1;
}

/// The connection on which a part would be here soonest, of those that have room; -1 when there is none.
/// `by_proven`: one that has brought something lately, if there are any.
int scheduler::best_line(time_point now, const part_range& where, int avoid, bool by_proven) {
    by_proven = by_proven && others_bring(now);
    int best = -1;
    bool others = false;
    for (int c = 0; c < most_connections; ++c) {
        const line& one = lines_[static_cast<std::size_t>(c)];
        if (one.now != line_state::up || one.leaving || c == avoid) continue;
        if (by_proven && !brings(one, now)) continue;
        others = true;
        if (!has_room(now, c, where)) continue;
        if (best < 0) {
            best = c;
            continue;
        }
        const line& so_far = lines_[static_cast<std::size_t>(best)];
        const duration here = one.usual * (one.in_flight + 1);
        const duration there = so_far.usual * (so_far.in_flight + 1);
        if (here < there || (here == there && one.in_flight < so_far.in_flight)) best = c;
    }
    if (best >= 0 || others || avoid < 0) return best;
    return has_room(now, avoid, where) ? avoid : -1;  // the connection to avoid is the only one
}

void scheduler::send(time_point now, part& what, int connection) {
    what.now = state::in_flight;
    what.id = ask(now, what.where, connection, false);
}

ticket scheduler::ask(time_point now, const part_range& where, int connection, bool again) {
    line& over = *line_at(connection);
    if (over.in_flight == 0) over.heard = now;
    ++over.in_flight;
    over.bytes_in_flight += where.length;
    bytes_under_way_ += where.length;
    request made;
    made.offset = where.offset;
    made.what = {connection, where.length, over.in_flight, over.bytes_in_flight};
    made.sent = now;
    made.delivered = over.delivered;
    made.gate = over.gate;
    made.probe = over.gate->enter(now, where.length, driver_) == flood_gate::pass::probe;
    made.again = again;
    if (queue_ && !at_hand(where)) made.granted = queue_->go(connection, where.length, now);
    const ticket id = ++last_ticket_;
    requests_.emplace(id, made);
    actions_.emplace_back(request_part{id, connection, where.offset, where.limit, where.length});
    strategy_->on_asked(made.what, now);
    return id;
}

/// What is left free for asking again, where that is done: the reader may stand still because all is taken by
/// parts behind a late one. Little, as it carries nothing where nothing is late.
std::int64_t scheduler::spare(std::int32_t part_size) const {
    if (!strategy_->late_after({0, part_size, 1, part_size})) return 0;
    return std::min<std::int64_t>(2 * std::int64_t{part_size}, how_.read_ahead / 64);
}

/// Small enough that this stream can have two parts at once, one being read while the next one comes.
std::int32_t scheduler::next_part_size() const {
    std::int64_t size = std::min<std::int64_t>(strategy_->part_size(), how_.read_ahead / 2);
    size = std::min(size, share_.fair() / 2);
    if (first_) size = std::min<std::int64_t>(size, how_.first_part);
    return allowed_part_size(size);
}

/// Parts that are not here yet, about.
std::int64_t scheduler::parts_to_come() const {
    const std::int64_t size = allowed_part_size(strategy_->part_size());
    const std::int64_t fresh = next_ < how_.end ? (how_.end - next_ + size - 1) / size : 0;
    return fresh + static_cast<std::int64_t>(wanted_ + requests_.size());
}

std::optional<time_point> scheduler::wakeup(time_point now) const {
    std::optional<time_point> first;
    const auto consider = [&](time_point when) {
        if (when > now && (!first || when < *first)) first = when;
    };
    if (!running()) return first;
    if (parts_to_come() > 0)
        for (const line& one : lines_) {
            if (one.now == line_state::closed && one.losses > 0) consider(one.reopen);
            if (!asking() || one.now != line_state::up) continue;
            if (one.gate->recovering() && !one.gate->probing()) consider(one.gate->not_before());
            if (out_of_turn_ && one.gate->open(now)) consider(one.gate->pace().next());
        }
    if (asking() && wanted_ > 0)
        for (const part& one : parts_)
            if (one.now == state::wanted) consider(one.not_before);
    for (const line& one : lines_)
        if (const std::optional<time_point> when = silent_at(one)) consider(*when);
    if (const std::optional<time_point> when = stall_.due()) consider(*when);
    const std::size_t watched = watched_end();
    for (std::size_t i = delivered_; i < watched && asking(); ++i)
        if (const std::optional<time_point> when = late_at(parts_[i])) consider(*when);
    return first;
}

}  // namespace mtproto::schedule
