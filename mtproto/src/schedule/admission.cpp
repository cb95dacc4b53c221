// Asks the arbiters one after the other, and leaves them in order.
#include "schedule/admission.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::schedule {

admission::admission(const range_settings& how, const window::strategy& strategy, byte_budget& budget,
                     wakeable& driver, fair_queue::flow* queue, const cache_view* cache)
    : strategy_(strategy),
      driver_(driver),
      cache_(cache),
      waits_its_turn_(how.waits_its_turn),
      share_(budget, driver, how.weight) {
    share_.rest(how.paused);
    queues_[0] = queue;
}

admission::~admission() {
    for (fair_queue::flow* const queue : queues_)
        if (queue) queue->leave();
    for (const watched_gate& one : gates_)
        one.gate->unwatch(driver_);
}

admission::watched_gate* admission::find(const flood_gate& gate) noexcept {
    for (watched_gate& one : gates_)
        if (one.gate == &gate) return &one;
    return nullptr;
}

void admission::watch(flood_gate& gate, int lane) {
    if (watched_gate* const known = find(gate)) {
        known->lane = lane;
        return;
    }
    gates_.push_back({&gate, lane, false});
    gate.watch(driver_);
}

void admission::add_lane(int lane, fair_queue::flow* queue) {
    queues_[static_cast<std::size_t>(lane)] = queue;
    held_back_at_[static_cast<std::size_t>(lane)] = {};
}

void admission::remove_lane(int lane) noexcept {
    if (fair_queue::flow* const queue = std::exchange(queues_[static_cast<std::size_t>(lane)], nullptr))
        queue->leave();
    hold(lane, false);
    std::erase_if(gates_, [&](const watched_gate& one) {
        if (one.lane == lane) one.gate->unwatch(driver_);
        return one.lane == lane;
    });
}

std::optional<time_point> admission::shut_until(int lane) const noexcept {
    std::optional<time_point> last;
    for (const watched_gate& one : gates_)
        if (one.lane == lane && one.gate->recovering())
            last = std::max(last.value_or(one.gate->not_before()), one.gate->not_before());
    return last;
}

bool admission::held_by_gate() const noexcept {
    return std::any_of(gates_.begin(), gates_.end(), [](const watched_gate& one) { return one.held; });
}

void admission::give_up() noexcept {
    give_reserved();
    share_.no_wish();
}

std::optional<time_point> admission::opens_at(const flood_gate& gate, time_point now) const {
    if (gate.open(now)) return held_by_gate() ? std::optional(gate.pace().next()) : std::nullopt;
    return gate.probing() ? std::nullopt : std::optional(gate.not_before());
}

/// Bytes at hand go over no connection.
bool admission::needs_turn(const part_range& range, int number) const {
    return queue_of(number) && !(cache_ && cache_->at_hand(range));
}

admission::round::round(admission& of, time_point now) noexcept : of_(of), now_(now) {
    for (watched_gate& one : of_.gates_)
        one.held = false;
}

admission::round::~round() {
    if (!keeps_reserved_) of_.give_reserved();
    if (!keeps_wish_) of_.share_.no_wish();
    for (const watched_gate& one : of_.gates_)
        if (one.held) of_.held_back_at(first_of_lane(one.lane)) = now_;
    // Others are not to wait for one that could not take its turn.
    for (fair_queue::flow* const queue : of_.queues_)
        if (queue && !has_room_) queue->leave();
    // Nor for one that has nothing to ask for.
    for (const watched_gate& one : of_.gates_)
        if (!one.held) one.gate->leave_queue(of_.driver_);
    of_.share_.settle();
    for (fair_queue::flow* const queue : of_.queues_)
        if (queue) queue->settle();
}

refusal admission::round::ask(const part_range& range, int number, const connection& over) {
    // One that was lost has to show first that it is back.
    const int most = over.losses > 0 ? 1 : std::clamp(of_.strategy_.in_flight(number), 1, most_in_flight);
    if (over.state != connection_state::up || over.in_flight >= most) return refusal::window;
    if (of_.held_lanes_[static_cast<std::size_t>(lane_of(number))]) return refusal::window;
    const bool turn = !of_.waits_its_turn_ || !of_.needs_turn(range, number) ||
                      of_.queue_of(number)->may_go(number_in_lane(number), range.length);
    if (turn) return ask_gate(*over.gate);
    of_.held_back_at(number) = now_;
    return refusal::turn;
}

refusal admission::round::ask_hedge(const connection& over) {
    return ask_gate(*over.gate);
}

refusal admission::round::ask_gate(flood_gate& gate) {
    refusal made = refusal::none;
    if (!gate.open(now_))
        made = refusal::flood;
    else if (of_.strategy_.keeps_pace() && !gate.in_turn(now_, of_.driver_))
        made = refusal::pace;
    if (made == refusal::none) return made;
    if (watched_gate* const shut = of_.find(gate)) shut->held = true;
    return made;
}

permit admission::round::pass(const part_range& range, int number, const connection& over) {
    permit made(*over.gate, of_.driver_, range.length, now_);
    if (of_.needs_turn(range, number)) made.count_in(*of_.queue_of(number), number_in_lane(number));
    return made;
}

refusal admission::round::reserve(const part_range& range, bool fits) {
    if (!of_.reserved_) {
        has_room_ = false;
        if (!fits) {
            of_.share_.no_wish();  // its own limit, not the others, holds it back
            return refusal::read_ahead;
        }
        std::optional<byte_budget::room> room = of_.share_.take_room(range.length);
        keeps_wish_ = !room;
        if (!room) return refusal::budget;
        has_room_ = true;
        of_.reserved_ = reservation{range, std::move(*room)};
    }
    keeps_reserved_ = true;
    return refusal::none;
}

admission::reservation admission::round::take_reserved() {
    reservation made = std::move(*of_.reserved_);
    of_.reserved_.reset();
    return made;
}

}  // namespace mtproto::schedule
