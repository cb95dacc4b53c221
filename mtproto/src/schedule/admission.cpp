// Asks the arbiters one after the other, and leaves them in order.
#include "schedule/admission.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::schedule {

admission::admission(const range_settings& how, const window::strategy& strategy, byte_budget& budget,
                     wakeable& driver, fair_queue::flow* queue, const cache_view* cache)
    : strategy_(strategy),
      driver_(driver),
      queue_(queue),
      cache_(cache),
      waits_its_turn_(how.waits_its_turn),
      share_(budget, driver, how.weight) {
    share_.rest(how.paused);
}

admission::~admission() {
    if (queue_) queue_->leave();
    for (flood_gate* gate : gates_)
        gate->unwatch(driver_);
}

void admission::watch(flood_gate& gate) {
    if (std::find(gates_.begin(), gates_.end(), &gate) != gates_.end()) return;
    gates_.push_back(&gate);
    gate.watch(driver_);
}

void admission::give_up() noexcept {
    give_reserved();
    share_.no_wish();
}

std::optional<time_point> admission::opens_at(const flood_gate& gate, time_point now) const {
    if (gate.open(now)) return held_by_gate_ ? std::optional(gate.pace().next()) : std::nullopt;
    return gate.probing() ? std::nullopt : std::optional(gate.not_before());
}

/// Bytes at hand go over no connection.
bool admission::needs_turn(const part_range& range) const {
    return queue_ && !(cache_ && cache_->at_hand(range));
}

admission::round::round(admission& of, time_point now) noexcept : of_(of), now_(now) {
    of_.held_by_gate_ = false;
}

admission::round::~round() {
    if (!keeps_reserved_) of_.give_reserved();
    if (!keeps_wish_) of_.share_.no_wish();
    if (of_.held_by_gate_) note_held_back();
    // Others are not to wait for one that could not take its turn.
    if (of_.queue_ && !has_room_) of_.queue_->leave();
    // Nor for one that has nothing to ask for.
    if (!of_.held_by_gate_)
        for (flood_gate* gate : of_.gates_)
            gate->leave_queue(of_.driver_);
    of_.share_.settle();
    if (of_.queue_) of_.queue_->settle();
}

refusal admission::round::ask(const part_range& range, int number, const connection& over) {
    // One that was lost has to show first that it is back.
    const int most = over.losses > 0 ? 1 : std::clamp(of_.strategy_.in_flight(number), 1, most_in_flight);
    if (over.state != connection_state::up || over.in_flight >= most) return refusal::window;
    const bool turn =
        !of_.waits_its_turn_ || !of_.needs_turn(range) || of_.queue_->may_go(number, range.length);
    if (turn) return ask_gate(*over.gate);
    note_held_back();
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
    of_.held_by_gate_ |= made != refusal::none;
    return made;
}

permit admission::round::pass(const part_range& range, int number, const connection& over) {
    permit made(*over.gate, of_.driver_, range.length, now_);
    if (of_.needs_turn(range)) made.count_in(*of_.queue_, number);
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
