// Admission: whether a part may be asked for now, given all that a download shares with others.
#pragma once

#include "schedule/byte_budget.hpp"
#include "schedule/cache_view.hpp"
#include "schedule/connection_table.hpp"
#include "schedule/fair_queue.hpp"
#include "schedule/flood_gate.hpp"
#include "schedule/lanes.hpp"
#include "schedule/permit.hpp"
#include "schedule/range_settings.hpp"
#include "schedule/refusal.hpp"

#include <mtproto/window.hpp>

#include <array>
#include <cstdint>
#include <optional>
#include <vector>

namespace mtproto::schedule {

/// Three arbiters have a say: the byte budget, the queue of a shared connection, and the account's flood gate
/// with its pace. All asking is done inside of a round.
class admission {
  public:
    class round;

    /// Room for a part that waits for its turn.
    struct reservation {
        part_range range;
        byte_budget::room room;
    };

    /// `driver` is woken when something may be granted that was refused. `queue`: of connections that are
    /// shared, if they are. `cache`: of bytes that need no turn, if there are any. All outlive this.
    admission(const range_settings& how, const window::strategy& strategy, byte_budget& budget,
              wakeable& driver, fair_queue::flow* queue, const cache_view* cache);
    ~admission();
    admission(const admission&) = delete;
    admission& operator=(const admission&) = delete;

    /// Requests of `lane` may pass `gate` from now on.
    void watch(flood_gate& gate, int lane = 0);
    /// The end of the flood wait that holds `lane`, if one does.
    std::optional<time_point> shut_until(int lane) const noexcept;
    /// `lane` has connections that are shared, with `queue` before them; or not.
    void add_lane(int lane, fair_queue::flow* queue);
    /// Nothing is asked for over it any more.
    void remove_lane(int lane) noexcept;
    /// Nothing is asked for over `lane` for now.
    void hold(int lane, bool so) noexcept { held_lanes_[static_cast<std::size_t>(lane)] = so; }
    /// While the download is paused, others may have all that it holds.
    void rest(bool so) noexcept { share_.rest(so); }
    /// Reserved room goes.
    void give_reserved() noexcept { reserved_.reset(); }
    /// Nothing new is wanted: reserved room and the wish for more go.
    void give_up() noexcept;

    std::int64_t held() const noexcept { return share_.held(); }
    /// Bytes that this download may hold beside others.
    std::int64_t fair() const noexcept { return share_.fair(); }
    /// Bytes that others are short of and this one can do without.
    std::int64_t asked_back() const noexcept { return share_.asked_back(); }
    const std::optional<reservation>& reserved() const noexcept { return reserved_; }
    /// Whether a gate held something back in the last round, by a flood wait or by its pace.
    bool held_by_gate() const noexcept;
    /// When `gate` lets something pass again that it holds back, if that takes nothing but time.
    std::optional<time_point> opens_at(const flood_gate& gate, time_point now) const;
    /// Whether anything but the windows of the connections of `lane` was in the way since `sent`.
    bool held_back_since(time_point sent, int lane = 0) const noexcept {
        return held_back_at_[static_cast<std::size_t>(lane)] >= sent;
    }

  private:
    struct watched_gate {
        flood_gate* gate;
        int lane;
        bool held;  ///< something in the last round, by a flood wait or by its pace
    };

    watched_gate* find(const flood_gate& gate) noexcept;
    bool needs_turn(const part_range& range, int number) const;
    fair_queue::flow* queue_of(int number) const noexcept {
        return queues_[static_cast<std::size_t>(lane_of(number))];
    }
    time_point& held_back_at(int number) noexcept {
        return held_back_at_[static_cast<std::size_t>(lane_of(number))];
    }

    const window::strategy& strategy_;
    wakeable& driver_;
    std::array<fair_queue::flow*, most_lanes> queues_{};  ///< none where connections are not shared
    std::array<bool, most_lanes> held_lanes_{};
    const cache_view* cache_;
    bool waits_its_turn_;
    byte_budget::share share_;
    std::optional<reservation> reserved_;
    std::vector<watched_gate> gates_;
    std::array<time_point, most_lanes> held_back_at_{};
};

/// One look at all that could be asked for; no two at once. At its end the download leaves each queue in
/// which it did not ask again, and gives up room that it did not ask for again. Others hear of both.
class admission::round {
  public:
    round(admission& of, time_point now) noexcept;
    ~round();
    round(const round&) = delete;
    round& operator=(const round&) = delete;

    time_point now() const noexcept { return now_; }

    /// Whether a part may be asked for over its own connection `number` now. Told `turn` or `pace`, the
    /// download stands in that queue.
    refusal ask(const part_range& range, int number, const connection& over);
    /// The same for a hedge, which goes on top of the window and waits for no turn.
    refusal ask_hedge(const connection& over);
    /// Lets the request pass that was asked for and not refused.
    permit pass(const part_range& range, int number, const connection& over);

    /// Room for the next new part, kept until its turn has come. `fits`: within the download's own bounds.
    refusal reserve(const part_range& range, bool fits);
    /// The room that was reserved.
    reservation take_reserved();
    /// Room for a hedge's answer, if the budget has it.
    std::optional<byte_budget::room> hedge_room(std::int64_t size) { return of_.share_.take_room(size); }
    /// Reserved room stays, though nothing new is asked for in this round.
    void keep_reserved() noexcept { keeps_reserved_ = true; }
    /// Something else than the connections' windows is in the way.
    void note_held_back() noexcept { of_.held_back_at_.fill(now_); }

  private:
    refusal ask_gate(flood_gate& gate);

    admission& of_;
    time_point now_;
    bool keeps_reserved_ = false;
    bool keeps_wish_ = false;  ///< for room: the budget has just refused it
    bool has_room_ = true;
};

}  // namespace mtproto::schedule
