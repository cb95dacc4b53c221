// Which part goes next, how large it is, and over which connection.
#include "schedule/dispatcher.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::schedule {

dispatcher::dispatcher(const tables& of)
    : range_(of.range),
      strategy_(of.strategy),
      admission_(of.shared),
      connections_(of.connections),
      parts_(of.parts),
      requests_(of.requests),
      hedging_(of.hedges),
      actions_(of.actions) {}

bool dispatcher::ask(admission::round& round) {
    const bool waiting_first = ask_for_wanted(round);
    hedge_late(round);
    if (!waiting_first) return ask_for_new(round);
    // A smaller new part would take the turn, or give it up for want of room.
    round.keep_reserved();
    return true;
}

bool dispatcher::ask_for_wanted(admission::round& round) {
    for (bool sent = true; sent && parts_.wanted() > 0;) {
        sent = false;
        bool awaits_turn = false;
        for (part& one : parts_) {
            if (one.state != part_state::wanted || round.now() < one.not_before) continue;
            const connection_choice over = choose_for(round, one);
            awaits_turn |= over.why == refusal::turn;
            if (!over.found()) continue;
            parts_.send(one, send(round, one.range, over.connection));
            sent = true;
            break;
        }
        if (!sent) return awaits_turn;
    }
    return false;
}

/// Late parts are asked for again over another connection: the hedged head of the line.
void dispatcher::hedge_late(admission::round& round) {
    const std::size_t end = hedging_.watched_end(parts_);
    const std::int64_t allowance = hedging_.allowance(parts_, admission_.held());
    for (std::size_t i = parts_.delivered(); i < end; ++i) {
        part& one = parts_[i];
        if (one.state != part_state::in_flight) continue;
        const sent_request& newest = requests_.at(one.newest());
        const std::optional<time_point> late = hedging_.late_at(newest);
        if (!late || round.now() < *late) continue;
        if (hedging_.spent() > allowance) return;
        const connection_choice over =
            connections_.choose({newest.pending.connection, true, true}, round.now(),
                                [&](int c) { return round.ask_hedge(connections_[c]); });
        if (over.found() && !hedge(round, one, over.connection)) return;
    }
}

/// False when the budget has no room and the part must wait.
bool dispatcher::hedge(admission::round& round, part& one, int connection) {
    std::optional<byte_budget::room> room;
    if (one.hedge != 0)
        room = requests_.promote(one.hedge);
    else
        room = round.hedge_room(one.range.length);
    const ticket first = one.request;
    if (!room) {
        // There is no room for both answers: where the reader stands still, the late one goes.
        if (one.range.offset != parts_[parts_.delivered()].range.offset) return false;
        const sent_request late = requests_.at(first);
        drop(first);
        parts_.send(one, send(round, one.range, connection));
        hedging_.spend(one.range.length -
                       hedging::unspent(first, late, connections_[late.pending.connection]));
        return true;
    }
    if (one.hedge != 0) {
        // No more than two at once: the one that had the most time goes.
        drop(first);
        one.goes_on_without(first);
    }
    one.hedge = send(round, one.range, connection, std::move(room));
    hedging_.spend(one.range.length);
    return true;
}

bool dispatcher::ask_for_new(admission::round& round) {
    while (!parts_.at_end() && may_ask(round.now())) {
        const bool reserved = admission_.reserved().has_value();
        part_range range = reserved ? admission_.reserved()->range : next_new(next_part_size());
        const connection_choice over = choose_for_new(round, range);
        const bool awaits_turn = over.why == refusal::turn;
        if (!over.found() && !awaits_turn) return false;
        // While the reader has nothing yet, what comes next must not be late because it is large.
        if (!over.found() && !reserved && !parts_.begun() && range.limit > range_.first_part)
            range = next_new(range_.first_part);
        if (round.reserve(range, fits(range)) != refusal::none) {
            // With most of its bytes under way, only connections could bring them sooner.
            if (requests_.bytes() < admission_.held() / 2) round.note_held_back();
            return awaits_turn;
        }
        if (!over.found()) return true;
        admission::reservation taken = round.take_reserved();
        part& made = parts_.append(taken.range, std::move(taken.room));
        parts_.send(made, send(round, made.range, over.connection));
    }
    return false;
}

int dispatcher::target(int lane) const {
    return std::clamp(strategy_.connections_of(lane), 1, connections_.available(lane));
}

/// Always while nothing is under way, so that no strategy can bring its stream to a stop.
bool dispatcher::may_ask(time_point now) const {
    if (requests_.empty()) return true;
    return strategy_.may_ask({now, requests_.count(), requests_.bytes(), connections_.up()});
}

part_range dispatcher::next_new(std::int32_t size) const {
    return part_at(parts_.next(), range_.end, range_.file_size, size);
}

/// Small enough that this stream can have two parts at once, one being read while the next one comes.
std::int32_t dispatcher::next_part_size() const {
    std::int64_t size = std::min<std::int64_t>(strategy_.part_size(), range_.read_ahead / 2);
    size = std::min(size, admission_.fair() / 2);
    if (!parts_.asked()) size = std::min<std::int64_t>(size, range_.first_part);
    return allowed_part_size(size);
}

/// Whether the stream may hold one more part by its own bound.
bool dispatcher::fits(const part_range& range) const {
    const std::int64_t spare = hedging_.spare(range.length, range_.read_ahead);
    return parts_.empty() || admission_.held() + range.length + spare <= range_.read_ahead;
}

std::int64_t dispatcher::parts_to_come() const {
    const std::int64_t size = allowed_part_size(strategy_.part_size());
    return (parts_.rest() + size - 1) / size + static_cast<std::int64_t>(parts_.wanted()) + requests_.count();
}

connection_choice dispatcher::choose_for(admission::round& round, const part& one) const {
    connection_choice over = choose(round, one.range, {one.avoid, one.moved, false});
    if (over.candidates > 0 || one.avoid < 0) return over;
    // The connection to avoid is the only one.
    over.why = round.ask(one.range, one.avoid, connections_[one.avoid]);
    if (over.why == refusal::none) over.connection = one.avoid;
    return over;
}

/// The connection that the strategy wants for the next new part, if it wants one; else the best.
connection_choice dispatcher::choose_for_new(admission::round& round, const part_range& range) const {
    const int wanted = strategy_.connection_for(parts_.next());
    if (wanted < 0 || number_in_lane(wanted) >= target(lane_of(wanted))) return choose(round, range, {});
    // One that is not opened for so few parts, or not any more, has others carry its own.
    const connection& one = connections_[wanted];
    const bool lost = one.losses > 0 && !connections_.given_up(one);
    if (one.state == connection_state::closed && !lost) return choose(round, range, {});
    connection_choice over;
    over.why = round.ask(range, wanted, one);
    if (over.why == refusal::none) over.connection = wanted;
    return over;
}

connection_choice dispatcher::choose(admission::round& round, const part_range& range,
                                     const connection_wish& wish) const {
    return connections_.choose(wish, round.now(),
                               [&](int c) { return round.ask(range, c, connections_[c]); });
}

ticket dispatcher::send(admission::round& round, const part_range& range, int number,
                        std::optional<byte_budget::room> hedge_room) {
    connection& over = connections_[number];
    request made;
    made.place = connection_table::place(over, range.length, round.now());
    made.permission = round.pass(range, number, over);
    made.offset = range.offset;
    made.pending = {number, range.length, over.in_flight, over.bytes_in_flight};
    made.sent = round.now();
    made.delivered = over.delivered;
    made.hedge = hedge_room.has_value();
    if (hedge_room) made.room = std::move(*hedge_room);
    const window::pending_part pending = made.pending;
    const ticket id = requests_.add(std::move(made));
    actions_.emplace_back(request_part{id, number, range.offset, range.limit, range.length});
    strategy_.on_asked(pending, round.now());
    return id;
}

void dispatcher::drop(ticket id) {
    requests_.drop(id);
    actions_.emplace_back(drop_part{id});
}

void dispatcher::drop(part& one) {
    for (const ticket id : {one.request, one.hedge})
        if (id != 0) drop(id);
}

std::vector<part*> dispatcher::take_from(time_point now, int connection) {
    std::vector<part*> left;
    for (const ticket id : requests_.over(connection)) {
        part& one = parts_.at(requests_.at(id).offset);
        drop(id);
        if (one.goes_on_without(id)) continue;
        parts_.want_again(one, now);
        one.moved = true;
        left.push_back(&one);
    }
    return left;
}

}  // namespace mtproto::schedule
