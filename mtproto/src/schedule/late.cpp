// Parts that are late are asked for again over another connection: the hedged head of the line.
#include "schedule/scheduler.hpp"

#include <algorithm>

namespace mtproto::schedule {
namespace {

/// What is asked for twice is at most 2 % of all that came, and one part more.
constexpr std::int64_t received_for_one_again = 50;
/// Of what is still to come, so much counts as if it were here: slow parts do not wait until there is room
/// for them.
constexpr std::int64_t ahead = 200 << 20;

}  // namespace

/// The parts from the first undelivered one to here, exclusive, are those that the strategy watches.
std::size_t scheduler::watched_end() const {
    const auto watched = static_cast<std::size_t>(std::max(strategy_->watched(), 0));
    return std::min(parts_.size(), delivered_ + std::min(watched, parts_.size()));
}

std::optional<time_point> scheduler::late_at(const part& what) const {
    if (what.now != state::in_flight) return std::nullopt;
    // The second request may be as unlucky as the first.
    const request& last = requests_.at(what.twin != 0 ? what.twin : what.id);
    const std::optional<duration> after = strategy_->late_after(last.what);
    if (!after) return std::nullopt;
    // One that is late at once would be asked for twice in one breath.
    return last.sent + std::max<duration>(*after, std::chrono::milliseconds(1));
}

/// What may have been asked for twice by now. Half of it is kept for when the reader is about to stand still,
/// and has not most of what is held still before it.
std::int64_t scheduler::may_ask_again() const {
    const std::int64_t counted = received_ + std::min(how_.end - std::min(how_.end, next_), ahead);
    const bool urgent =
        delivered_ == parts_.size() || parts_[delivered_].where.offset - read_ <= share_.held() / 2;
    return counted / (urgent ? received_for_one_again : 2 * received_for_one_again);
}

void scheduler::ask_late_again(time_point now) {
    const std::size_t end = watched_end();
    const std::int64_t allowed = may_ask_again();
    for (std::size_t i = delivered_; i < end; ++i) {
        part& one = parts_[i];
        const std::optional<time_point> late = late_at(one);
        if (!late || now < *late) continue;
        if (asked_again_ > allowed) return;
        const int over = other_line(now, requests_.at(one.twin != 0 ? one.twin : one.id).what.connection);
        if (over < 0) continue;
        if (one.twin == 0 && !share_.take(one.where.length)) {
            // There is no room for both answers: where the reader stands still, the late one goes.
            if (i > delivered_) return;
            const ticket first = one.id;
            const request gone = *end_request(now, first, false);
            actions_.emplace_back(drop_part{first});
            send(now, one, over);
            asked_again_ += one.where.length - unspent(first, gone);
            continue;
        }
        if (one.twin != 0) {
            // No more than two at once: the one that had the most time goes.
            const ticket first = one.id;
            end_request(now, first, false);
            actions_.emplace_back(drop_part{first});
            goes_on_without(one, first);
            requests_.at(one.id).again = false;  // the part's own, from now on
        }
        one.twin = ask(now, one.where, over, true);
        asked_again_ += one.where.length;
    }
}

/// The connection that is soonest done with what it has; a late part goes on top of its window.
int scheduler::other_line(time_point now, int than) {
    const bool by_proven = others_bring(now, line_at(than));
    int best = -1;
    duration soonest{};
    for (int c = 0; c < most_connections; ++c) {
        const line& one = lines_[static_cast<std::size_t>(c)];
        if (c == than || one.now != line_state::up || one.leaving || one.lost_races > 0) continue;
        if (by_proven && !brings(one, now)) continue;
        if (!may_pass(now, *one.gate)) continue;
        const duration here = one.usual * (one.in_flight + 1);
        if (best >= 0 && here >= soonest) continue;
        best = c;
        soonest = here;
    }
    return best;
}

/// The other request's answer came first.
void scheduler::lost_race(time_point now, ticket id, const request& loser) {
    asked_again_ -= unspent(id, loser);
    suspect(now, loser);
}

/// Of a request that was dropped: what a later one has overtaken had not begun to come.
std::int64_t scheduler::unspent(ticket id, const request& dropped) const {
    const line& over = lines_[static_cast<std::size_t>(dropped.what.connection)];
    return over.newest > id ? std::int64_t{dropped.what.size} * 3 / 4 : 0;
}

/// Nothing has come since the loser was sent, neither it nor what was sent before it nor after: a connection
/// that is dead rather than a part that is slow, if more is late there, or that happened twice in a row.
void scheduler::suspect(time_point now, const request& loser) {
    line& slow = *line_at(loser.what.connection);
    if (loser.again || slow.now != line_state::up || slow.heard > loser.sent) return;
    ++slow.lost_races;
    const bool more_late = std::any_of(requests_.begin(), requests_.end(), [&](const auto& each) {
        const request& one = each.second;
        if (one.what.connection != loser.what.connection) return false;
        const std::optional<duration> after = strategy_->late_after(one.what);
        return after && now >= one.sent + *after;
    });
    if (more_late || slow.lost_races > 1) doubt(now, loser.what.connection);
}

}  // namespace mtproto::schedule
