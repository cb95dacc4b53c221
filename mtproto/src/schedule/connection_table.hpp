// The connections of one download: what state each is in, what it has shown, and which one a part goes to.
#pragma once

#include "schedule/action.hpp"
#include "schedule/bounds.hpp"
#include "schedule/flood_gate.hpp"
#include "schedule/lanes.hpp"
#include "schedule/range_settings.hpp"
#include "schedule/refusal.hpp"

#include <mtproto/clock.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace mtproto::schedule {

enum class connection_state {
    closed,
    opening,
    up,
    leaving,   ///< up, and one too many: it carries nothing new and closes when nothing is under way on it
    checking,  ///< it was up and fell silent: it carries nothing until the driver has found it alive
};

struct connection {
    connection_state state = connection_state::closed;
    flood_gate* gate = nullptr;
    int in_flight = 0;
    std::int64_t bytes_in_flight = 0;
    std::int64_t delivered = 0;  ///< bytes in all
    ticket newest = 0;           ///< of the requests that were answered
    int losses = 0;              ///< in a row
    duration usual{0};           ///< a part's time, smoothed; 0 before the first
    time_point reopen{};         ///< not before

    time_point last_activity{};  ///< when anything came last, or the first part was asked for
    time_point checked{};
    int false_alarms = 0;                       ///< since it was lost last
    int lost_races = 0;                         ///< to a hedge, since anything came
    std::optional<time_point> last_delivery{};  ///< since it was opened

    bool is_up() const noexcept {
        return state == connection_state::up || state == connection_state::leaving;
    }
    /// It brought a part within the last minute. Its deliveries of long ago say nothing of a server that
    /// answers no more.
    bool delivers(time_point now) const noexcept;
    void note_activity(time_point now) noexcept {
        last_activity = now;
        lost_races = 0;
    }
};

/// Which connections a part may go to.
struct connection_wish {
    int exclude = -1;
    bool delivering = false;  ///< only those that deliver, if any besides the excluded one does
    bool unbeaten = false;    ///< none that has lost a race since it brought anything
};

/// The connection that was chosen, if one was; and why others were refused.
struct connection_choice {
    int connection = -1;
    refusal why = refusal::none;  ///< the strongest reason
    int candidates = 0;           ///< that could carry it, now or later

    bool found() const noexcept { return connection >= 0; }
};

class connection_table {
  public:
    /// A request that is under way on a connection, from when this is made until it dies.
    class place;

    explicit connection_table(const range_settings& how);
    connection_table(const connection_table&) = delete;
    connection_table& operator=(const connection_table&) = delete;

    static bool known(int connection) noexcept {
        return connection >= 0 && connection < first_of_lane(most_lanes);
    }
    connection& operator[](int number) noexcept { return connections_[static_cast<std::size_t>(number)]; }
    const connection& operator[](int number) const noexcept {
        return connections_[static_cast<std::size_t>(number)];
    }
    auto begin() const noexcept { return connections_.begin(); }
    auto end() const noexcept { return connections_.begin() + size_; }
    /// They are numbered from 0 to here, exclusive.
    int size() const noexcept { return size_; }

    /// The driver's connections in `lane`.
    int available(int lane) const noexcept { return available_[static_cast<std::size_t>(lane)]; }
    /// `lane` has so many connections from now on; all are closed.
    void add_lane(int lane, int available) noexcept;
    /// Its connections must carry nothing.
    void remove_lane(int lane) noexcept;

    /// It is up, for requests that pass `gate` from now on; true when it was not before.
    bool came_up(int number, flood_gate& gate) noexcept;
    void was_lost(int number, time_point retry_at) noexcept;
    /// A part of `size` bytes came over it, in answer to a request `took` ago.
    void delivered(int number, ticket id, std::int64_t size, duration took, time_point now) noexcept;
    /// Carries nothing until came_up().
    void check(int number, time_point now) noexcept;
    /// Whether one is open or may be opened again.
    bool any_left() const noexcept;
    /// All may be opened again, whatever happened.
    void forgive() noexcept;

    int up() const noexcept;
    bool delivers_besides(int number, time_point now) const noexcept;
    /// Whether another one has brought something since `number` did.
    bool active_since(int number) const noexcept;
    /// Whether one of another lane is up, and idle or has brought something since `number` did.
    bool other_lane_serves(int number) const noexcept;
    /// When the silence of `number` is long enough to act on, if nothing comes.
    std::optional<time_point> silent_at(int number) const noexcept;
    /// Lost too often in a row to be opened again.
    bool given_up(const connection& one) const noexcept { return one.losses >= most_losses_; }

    /// Opens as many of a lane as are `useful`; those beyond `target` carry nothing new and close.
    void follow(int target, std::int64_t useful, time_point now, std::vector<action>& actions, int lane = 0);
    /// The connection over which a part would be here soonest, of those that `ask(number)` does not refuse.
    template <typename Ask>
    connection_choice choose(const connection_wish& wish, time_point now, Ask ask) const {
        const bool delivering = wish.delivering && delivers_besides(wish.exclude, now);
        connection_choice made;
        for (int c = 0; c < size_; ++c) {
            const connection& one = (*this)[c];
            if (one.state != connection_state::up || c == wish.exclude) continue;
            // Another account's says nothing by having brought nothing yet.
            if (delivering && !one.delivers(now) && lane_of(c) == lane_of(wish.exclude)) continue;
            if (wish.unbeaten && one.lost_races > 0) continue;
            ++made.candidates;
            const refusal why = ask(c);
            made.why = std::max(made.why, why);
            if (why != refusal::none) continue;
            if (!made.found() || sooner(one, (*this)[made.connection])) made.connection = c;
        }
        return made;
    }

  private:
    static bool sooner(const connection& one, const connection& other) noexcept;

    std::array<connection, first_of_lane(most_lanes)> connections_;
    std::array<int, most_lanes> available_{};  ///< that the driver has, by lane
    int size_ = most_connections;
    int most_losses_;  ///< in a row
    duration silence_;
};

class connection_table::place {
  public:
    place() = default;
    place(connection& of, std::int32_t size, time_point now) noexcept : at_(&of), size_(size) {
        if (of.in_flight == 0) of.last_activity = now;
        ++of.in_flight;
        of.bytes_in_flight += size;
    }
    place(place&& other) noexcept
        : at_(std::exchange(other.at_, nullptr)), size_(std::exchange(other.size_, 0)) {}
    place& operator=(place&& other) noexcept {
        std::swap(at_, other.at_);
        std::swap(size_, other.size_);
        return *this;
    }
    ~place() {
        if (!at_) return;
        --at_->in_flight;
        at_->bytes_in_flight -= size_;
    }

  private:
    connection* at_ = nullptr;
    std::int32_t size_ = 0;
};

}  // namespace mtproto::schedule
