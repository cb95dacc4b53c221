// What happened: the scheduler's events and the state that they change.
#include "schedule/scheduler.hpp"

#include <algorithm>
#include <cassert>

namespace mtproto::schedule {
namespace {

/// Parts take less, but for the slowest lines.
constexpr duration lately = std::chrono::minutes(1);

}  // namespace

scheduler::scheduler(const range_settings& range, std::unique_ptr<window::strategy> strategy,
                     byte_budget& budget, wakeable& driver, fair_queue::flow* queue, const cache_view* cache)
    : how_(range),
      strategy_(std::move(strategy)),
      driver_(driver),
      queue_(queue),
      cache_(cache),
      share_(budget, driver, range.weight),
      paused_(range.paused),
      read_(range.begin),
      next_(first_part_at(range.begin)),
      lines_(most_connections) {
    share_.rest(paused_);
}

scheduler::~scheduler() {
    // A probe that nobody waits for any more must not keep the account's other downloads waiting.
    for (const auto& [id, one] : requests_) {
        if (one.probe) one.gate->probe_ended({}, false);
        if (one.granted) queue_->end(*one.granted, {}, false);
    }
    if (queue_) queue_->leave();
    for (flood_gate* gate : watched_)
        gate->unwatch(driver_);
}

void scheduler::start(time_point now) {
    started_ = true;
    stall_.restart(now);
    plan(now);
}

void scheduler::connection_up(time_point now, int connection, flood_gate& gate) {
    line* which = line_at(connection);
    if (!which || which->now == line_state::closed) return;
    const bool fresh = which->now != line_state::up;
    which->now = line_state::up;
    which->lost_races = 0;
    if (std::exchange(which->doubted, false)) ++which->false_alarms;
    which->gate = &gate;
    watch(gate);
    if (fresh) strategy_->on_connection_up(connection, now);
    plan(now);
}

void scheduler::connection_lost(time_point now, int connection, time_point retry_at) {
    line* which = line_at(connection);
    if (!which || which->now == line_state::closed) return;
    // A line that has brought nothing yet tells nothing of the part while another one brings parts.
    const bool line_to_blame = !which->brought && others_bring(now, which);
    bool too_often = false;
    for (part* const what : take_from(now, connection)) {
        if (line_to_blame) continue;
        count_loss(now, *what);
        too_often |= what->losses >= how_.bounds.part_losses;
    }
    which->now = line_state::closed;
    which->usual = {};
    which->brought.reset();
    which->reopen = retry_at;
    ++which->losses;
    which->doubted = false;
    which->false_alarms = 0;
    strategy_->on_connection_lost(connection, now);

    const bool any_left = std::any_of(lines_.begin(), lines_.end(), [&](const line& one) {
        return one.now != line_state::closed ||
               (one.losses > 0 && one.losses < how_.bounds.connection_losses);
    });
    if (running() && (too_often || !any_left)) fail(now);
    plan(now);
}

void scheduler::part_received(time_point now, ticket id, bool by_connection) {
    const std::optional<request> found = end_request(now, id, true, by_connection);
    if (!found) return;
    const request& ended = *found;
    part& what = part_of(ended);
    const ticket late = what.id == id ? what.twin : what.id;
    what.now = state::received;
    what.id = id;
    what.twin = 0;
    received_ += what.where.length;
    stall_.came(now, now - ended.sent);

    line& over = *line_at(ended.what.connection);
    const duration took = now - ended.sent;
    over.losses = 0;
    if (late != 0) {
        actions_.emplace_back(drop_part{late});
        lost_race(now, late, *end_request(now, late, false));
    }
    if (by_connection) {
        over.usual = over.usual.count() == 0 ? took : (over.usual * 3 + took) / 4;
        over.delivered += what.where.length;
        over.brought = now;
        over.newest = std::max(over.newest, id);
        hear(now, over);
        ended.gate->answered(ended.sent, now);
        window::part_report report;
        static_cast<window::pending_part&>(report) = ended.what;
        report.took = took;
        report.delivered = over.delivered - ended.delivered;
        report.held_back = held_back_at_ >= ended.sent;
        report.hedged = late != 0;
        report.from_hedge = late != 0 && ended.again;
        strategy_->on_part(report, now);
    }
    deliver_ready();
    plan(now);
}

void scheduler::part_failed(time_point now, ticket id, setback how, time_point retry_at) {
    const std::optional<request> ended = end_request(now, id, false);
    if (!ended) return;
    part& what = part_of(*ended);
    const bool goes_on = goes_on_without(what, id);
    if (!goes_on) want_again(what, retry_at);
    if (how != setback::retry) hear(now, *line_at(ended->what.connection));
    bool too_often = false;
    switch (how) {
        case setback::retry:
            too_often = !goes_on && ++what.attempts >= how_.bounds.part_attempts;
            break;
        case setback::wrong_length:
            what.avoid = ended->what.connection;
            too_often = ++what.wrong_lengths >= 2;
            break;
        case setback::parked:
            break;
        case setback::fatal:
            too_often = true;
            break;
    }
    if (too_often) fail(now);
    plan(now);
}

void scheduler::flooded(time_point now, ticket id, duration wait) {
    const auto found = requests_.find(id);
    if (found == requests_.end()) return;
    const request& refused = found->second;
    // Before the probe's end, which would open the gate to somebody else.
    refused.gate->flooded(now, wait, refused.sent, refused.what.size);
    hear(now, *line_at(refused.what.connection));
    part& what = part_of(*end_request(now, id, false));
    if (!goes_on_without(what, id)) want_again(what, now);
    strategy_->on_flood(wait, now);
    plan(now);
}

void scheduler::hold(time_point) {
    on_hold_ = true;
}

void scheduler::release(time_point now) {
    on_hold_ = false;
    plan(now);
}

void scheduler::pause(time_point now) {
    paused_ = true;
    share_.rest(true);
    plan(now);
}

void scheduler::resume(time_point now) {
    paused_ = false;
    share_.rest(false);
    plan(now);
}

void scheduler::reader_moved(time_point now, std::int64_t offset) {
    read_ = std::max(read_, std::min(offset, how_.end));
    while (delivered_ > 0 && (parts_.front().end() <= read_ || read_ == how_.end)) {
        share_.give(parts_.front().where.length);
        parts_.pop_front();
        --delivered_;
    }
    plan(now);
}

void scheduler::seek(time_point now, std::int64_t offset) {
    offset = std::clamp<std::int64_t>(offset, 0, how_.end);
    const bool inside = !failed_ && !parts_.empty() && offset < how_.end &&
                        offset >= parts_.front().where.offset && offset < parts_.back().end();
    if (inside) {
        while (parts_.front().end() <= offset) {
            drop_data_and_request(now, parts_.front());
            share_.give(parts_.front().where.length);
            parts_.pop_front();
        }
    } else {
        drop_all(now);
        next_ = first_part_at(offset);
        first_ = true;
        begun_ = false;
    }
    if (failed_)
        for (line& one : lines_) {
            one.losses = 0;
            one.reopen = {};
        }
    failed_ = false;
    stall_.restart(now);
    read_ = offset;
    delivered_ = 0;
    deliver_ready();
    plan(now);
}

void scheduler::broken(time_point now) {
    if (running()) fail(now);
}

void scheduler::broken(time_point now, int connection) {
    // Closed without a plan between: that would open it again at once.
    if (line* which = line_at(connection)) which->now = line_state::closed;
    broken(now);
    out_of_turn_ = false;
    settle();
}

void scheduler::excused(time_point now, time_point until) {
    stall_.excuse(now, until);
    plan(now);
}

void scheduler::went_elsewhere(time_point now) {
    for (int c = 0; c < most_connections; ++c)
        take_from(now, c);
    stall_.went_elsewhere(now);
    plan(now);
}

void scheduler::tick(time_point now) {
    plan(now);
}

int scheduler::connections_up() const noexcept {
    return static_cast<int>(std::count_if(lines_.begin(), lines_.end(),
                                          [](const line& one) { return one.now == line_state::up; }));
}

scheduler::line* scheduler::line_at(int connection) noexcept {
    const bool known = connection >= 0 && connection < most_connections;
    return known ? &lines_[static_cast<std::size_t>(connection)] : nullptr;
}

int scheduler::attempts(ticket id) const {
    const auto found = requests_.find(id);
    return found == requests_.end() ? 0 : part_of(found->second).attempts;
}

int scheduler::losses(int connection) const {
    const bool known = connection >= 0 && connection < most_connections;
    return known ? lines_[static_cast<std::size_t>(connection)].losses : 0;
}

/// At the end of the range there is no part, however it is aligned.
std::int64_t scheduler::first_part_at(std::int64_t offset) const noexcept {
    return offset >= how_.end ? how_.end : offset - offset % how_.align;
}

/// What it brought long ago says nothing of a server that answers no more.
bool scheduler::brings(const line& which, time_point now) noexcept {
    return which.now == line_state::up && which.brought && now - *which.brought < lately;
}

bool scheduler::others_bring(time_point now, const line* than) const noexcept {
    return std::any_of(lines_.begin(), lines_.end(),
                       [&](const line& one) { return &one != than && brings(one, now); });
}

void scheduler::count_loss(time_point now, part& what) const noexcept {
    if (what.losses > 0 && now - what.lost < how_.bounds.one_outage) return;
    ++what.losses;
    what.lost = now;
}

const scheduler::part& scheduler::part_of(const request& what) const {
    const auto at =
        std::lower_bound(parts_.begin(), parts_.end(), what.offset,
                         [](const part& one, std::int64_t offset) { return one.where.offset < offset; });
    assert(at != parts_.end() && at->where.offset == what.offset);
    return *at;
}

std::optional<scheduler::request> scheduler::end_request(time_point now, ticket id, bool answered,
                                                         bool by_connection) {
    const auto found = requests_.find(id);
    if (found == requests_.end()) return std::nullopt;
    const request ended = found->second;
    requests_.erase(found);
    line& over = *line_at(ended.what.connection);
    --over.in_flight;
    over.bytes_in_flight -= ended.what.size;
    bytes_under_way_ -= ended.what.size;
    if (ended.again) share_.give(ended.what.size);
    if (ended.probe) ended.gate->probe_ended(now, answered);
    if (ended.granted) queue_->end(*ended.granted, now, by_connection);
    return ended;
}

void scheduler::want_again(part& what, time_point not_before) noexcept {
    what.now = state::wanted;
    what.id = 0;
    what.not_before = not_before;
    ++wanted_;
}

/// One of a part's requests is over without data; true when it has another, which goes on alone.
bool scheduler::goes_on_without(part& what, ticket ended) noexcept {
    if (what.twin == 0) return false;
    if (what.id == ended) what.id = what.twin;
    what.twin = 0;
    return true;
}

/// Ends all that is under way on `connection`: the parts that are left without a request, in their order.
std::vector<scheduler::part*> scheduler::take_from(time_point now, int connection) {
    std::vector<ticket> gone;
    for (const auto& [id, one] : requests_)
        if (one.what.connection == connection) gone.push_back(id);
    std::sort(gone.begin(), gone.end());  // the map's order is not the same everywhere
    std::vector<part*> left;
    for (const ticket id : gone) {
        part& what = part_of(*end_request(now, id, false));
        actions_.emplace_back(drop_part{id});
        if (goes_on_without(what, id)) continue;
        want_again(what, now);
        what.moved = true;
        left.push_back(&what);
    }
    return left;
}

void scheduler::hear(time_point now, line& from) noexcept {
    from.heard = now;
    from.lost_races = 0;
}

void scheduler::deliver_ready() {
    while (delivered_ < parts_.size() && parts_[delivered_].now == state::received) {
        const part& next = parts_[delivered_++];
        begun_ = true;
        const std::int64_t from = std::max(read_, next.where.offset);
        const std::int64_t to = std::min(how_.end, next.end());
        if (to > from)
            actions_.emplace_back(deliver_part{next.id, from, from - next.where.offset, to - from});
    }
}

void scheduler::drop_data_and_request(time_point now, part& what) {
    if (what.now == state::wanted) {
        --wanted_;
        return;
    }
    for (const ticket id : {what.id, what.twin}) {
        if (id == 0) continue;
        if (what.now == state::in_flight) end_request(now, id, false);
        actions_.emplace_back(drop_part{id});
    }
}

void scheduler::drop_all(time_point now) {
    for (part& one : parts_)
        drop_data_and_request(now, one);
    parts_.clear();
    delivered_ = 0;
    reserved_.reset();
    share_.give(share_.held());
}

void scheduler::fail(time_point now) {
    failed_ = true;
    give_reserved();
    // What is delivered stays for the reader; all after it goes.
    while (parts_.size() > delivered_) {
        drop_data_and_request(now, parts_.back());
        next_ = parts_.back().where.offset;
        share_.give(parts_.back().where.length);
        parts_.pop_back();
    }
    share_.no_wish();
    actions_.emplace_back(give_up{});
}

void scheduler::watch(flood_gate& gate) {
    if (std::find(watched_.begin(), watched_.end(), &gate) != watched_.end()) return;
    watched_.push_back(&gate);
    gate.watch(driver_);
}

}  // namespace mtproto::schedule
