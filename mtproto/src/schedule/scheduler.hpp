// The download scheduler: which part of a range is asked for when, and over which connection. A pure state
// machine.
#pragma once

#include "schedule/action.hpp"
#include "schedule/byte_budget.hpp"
#include "schedule/cache_view.hpp"
#include "schedule/fair_queue.hpp"
#include "schedule/flood_gate.hpp"
#include "schedule/part.hpp"
#include "schedule/range_settings.hpp"
#include "schedule/stall_watch.hpp"

#include <mtproto/window.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

namespace mtproto::schedule {

/// How a part failed.
enum class setback {
    retry,         ///< the server could not, or did not answer in time; ask again at `retry_at`
    wrong_length,  ///< shorter or longer than asked: once more, over another connection
    parked,        ///< nothing wrong with the part: ask again when hold() is over; costs no attempt
    fatal,
};

/// Every event takes the time and may produce actions, which the driver collects with take_actions() and
/// performs in order. No clock, no I/O, no file data inside: the same code runs under Asio and in a
/// simulator.
class scheduler {
  public:
    /// `driver` is woken when something may be granted that was refused, or is asked back. `queue`: before
    /// connections that are shared, if they are. `cache`: of bytes that need no connection, if there are any.
    /// All outlive the scheduler.
    scheduler(const range_settings& range, std::unique_ptr<window::strategy> strategy, byte_budget& budget,
              wakeable& driver, fair_queue::flow* queue = nullptr, const cache_view* cache = nullptr);
    ~scheduler();
    scheduler(const scheduler&) = delete;
    scheduler& operator=(const scheduler&) = delete;

    // Events
    void start(time_point now);
    /// Requests over `connection` pass `gate` from now on; again for a connection that is up changes the
    /// gate.
    void connection_up(time_point now, int connection, flood_gate& gate);
    /// It broke or could not be opened. Its parts move to others; it is opened again at `retry_at`.
    void connection_lost(time_point now, int connection, time_point retry_at);
    /// With the length that was asked for; any other is a setback::wrong_length. Not `by_line`: it was at
    /// hand, or came by another's request, so that its time says nothing about the connection.
    void part_received(time_point now, ticket id, bool by_connection = true);
    void part_failed(time_point now, ticket id, setback how, time_point retry_at);
    /// The server asked to wait: all of the connection's account does, and no attempt is used up.
    void flooded(time_point now, ticket id, duration wait);
    /// Nothing new is asked for until release(), as while a file reference is renewed.
    void hold(time_point now);
    void release(time_point now);
    /// The same at the reader's wish, for however long: what is here stays until other downloads need the
    /// room.
    void pause(time_point now);
    void resume(time_point now);
    /// All before `offset` has been consumed.
    void reader_moved(time_point now, std::int64_t offset);
    /// Reading goes on at `offset`, also after a failure: then with all that may be tried tried anew.
    void seek(time_point now, std::int64_t offset);
    /// The download cannot go on, for a reason that is no part's.
    void broken(time_point now);
    /// The same, found out when `connection` was to be opened.
    void broken(time_point now, int connection);
    /// A server has asked to wait until then, which no gate knows of: before a connection can be opened, say.
    void excused(time_point now, time_point until);
    /// Other addresses carry the connections from now on: all that is under way is asked for anew.
    void went_elsewhere(time_point now);
    /// Some time has passed, or the driver was woken.
    void tick(time_point now);

    // Out
    std::vector<action> take_actions() { return std::exchange(actions_, {}); }
    /// When tick() is needed at the latest, if nothing else happens.
    std::optional<time_point> wakeup(time_point now) const;

    bool failed() const noexcept { return failed_; }
    /// How often the part that `id` asks for has failed so far with setback::retry.
    int attempts(ticket id) const;
    /// How often `connection` was lost in a row.
    int losses(int connection) const;
    int connections_up() const noexcept;
    /// Whether there is something to ask for as soon as connections and gates allow it.
    bool wants_more() const noexcept { return running() && asking() && (next_ < how_.end || wanted_ > 0); }
    std::int64_t held() const noexcept { return share_.held(); }

  private:
    enum class state { wanted, in_flight, received };

    struct part {
        part_range where;
        state now = state::wanted;
        ticket id = 0;    ///< of the request under way, or of the data
        ticket twin = 0;  ///< of the second request under way, when the first was late
        int attempts = 0;
        bool moved = false;  ///< from a connection that was lost or fell silent
        int losses = 0;      ///< those that count
        time_point lost{};   ///< when the last of them was counted
        int wrong_lengths = 0;
        int avoid = -1;  ///< the connection that brought a wrong length
        time_point not_before{};

        std::int64_t end() const noexcept { return where.offset + where.length; }
    };

    struct request {
        std::int64_t offset = 0;
        window::pending_part what;
        time_point sent{};
        std::int64_t delivered = 0;  ///< over the connection, before it was sent
        flood_gate* gate = nullptr;  ///< that it passed; the connection's may be another one by now
        bool probe = false;
        bool again = false;                        ///< the second one for its part
        std::optional<fair_queue::grant> granted;  ///< over a line that is shared
    };

    enum class line_state { closed, opening, up };

    struct line {
        line_state now = line_state::closed;
        bool leaving = false;  ///< one too many: it closes when nothing is under way on it
        flood_gate* gate = nullptr;
        int in_flight = 0;
        std::int64_t bytes_in_flight = 0;
        std::int64_t delivered = 0;  ///< bytes in all
        ticket newest = 0;           ///< of the requests that were answered
        int losses = 0;              ///< in a row
        duration usual{0};           ///< a part's time, smoothed; 0 before the first
        time_point reopen{};         ///< not before

        time_point heard{};  ///< when anything came last, or the first part was asked for
        time_point checked{};
        bool doubted = false;                 ///< it is being checked, and carries nothing
        int false_alarms = 0;                 ///< since it was lost last
        int lost_races = 0;                   ///< to a second request, since anything came
        std::optional<time_point> brought{};  ///< the last part since it was opened
    };

    // Deciding (plan.cpp)
    void plan(time_point now);
    void settle() noexcept;
    void give_back();
    void plan_connections(time_point now);
    void plan_parts(time_point now);
    bool ask_for_waiting(time_point now);
    bool reserve(const part_range& where);
    void give_reserved() noexcept;
    void give_up_room() noexcept;
    void ask_for_new(time_point now, int over);
    bool may_ask(time_point now) const;
    void ask_for_all_new(time_point now);
    bool has_room(time_point now, int connection, const part_range& where);
    bool may_go(time_point now, int connection, const part_range& where);
    bool at_hand(const part_range& where) const;
    bool may_pass(time_point now, flood_gate& gate);
    void leave_queues() noexcept;
    part_range next_new(std::int32_t size) const;
    int line_for_new(time_point now, const part_range& where);
    int best_line(time_point now, const part_range& where, int avoid, bool by_proven = false);
    void send(time_point now, part& what, int connection);
    ticket ask(time_point now, const part_range& where, int connection, bool again);
    std::int32_t next_part_size() const;
    std::int64_t spare(std::int32_t part_size) const;
    std::int64_t parts_to_come() const;
    int target() const;

    // Late parts (late.cpp)
    void ask_late_again(time_point now);
    std::int64_t may_ask_again() const;
    std::size_t watched_end() const;
    std::optional<time_point> late_at(const part& what) const;
    int other_line(time_point now, int than);
    void lost_race(time_point now, ticket id, const request& loser);
    std::int64_t unspent(ticket id, const request& dropped) const;
    void suspect(time_point now, const request& loser);

    // Silent connections (silence.cpp)
    void check_silent(time_point now);
    void check_stalled(time_point now);
    bool awaits_bytes() const;
    bool others_heard_since(const line& than) const;
    std::optional<time_point> silent_at(const line& which) const;
    void doubt(time_point now, int connection);

    // Bookkeeping (scheduler.cpp)
    bool running() const noexcept { return started_ && !failed_; }
    bool asking() const noexcept { return !on_hold_ && !paused_; }
    line* line_at(int connection) noexcept;
    part& part_of(const request& what) { return const_cast<part&>(std::as_const(*this).part_of(what)); }
    const part& part_of(const request& what) const;
    std::int64_t first_part_at(std::int64_t offset) const noexcept;
    void count_loss(time_point now, part& what) const noexcept;
    static bool brings(const line& which, time_point now) noexcept;
    bool others_bring(time_point now, const line* than = nullptr) const noexcept;
    std::optional<request> end_request(time_point now, ticket id, bool answered, bool by_connection = false);
    void want_again(part& what, time_point not_before) noexcept;
    static bool goes_on_without(part& what, ticket ended) noexcept;
    static void hear(time_point now, line& from) noexcept;
    std::vector<part*> take_from(time_point now, int connection);
    void deliver_ready();
    void drop_data_and_request(time_point now, part& what);
    void drop_all(time_point now);
    void fail(time_point now);
    void watch(flood_gate& gate);

    range_settings how_;
    std::unique_ptr<window::strategy> strategy_;
    wakeable& driver_;
    fair_queue::flow* queue_;  ///< none where connections are not shared
    const cache_view* cache_;
    byte_budget::share share_;

    bool started_ = false;
    bool failed_ = false;
    bool on_hold_ = false;
    bool paused_;
    bool out_of_turn_ = false;  ///< a gate has just held a request back, by a flood wait or by its pace
    bool awaits_turn_ = false;  ///< something to be asked for goes when its turn comes on a line
    std::optional<part_range> reserved_;  ///< the next new part, when there is room for it but no line yet
    std::int64_t read_ = 0;               ///< all before is consumed
    std::int64_t next_ = 0;               ///< where the next new part begins; aligned
    bool first_ = true;                   ///< no part asked for since the start or the last seek
    bool begun_ = false;                  ///< something was delivered since then
    ticket last_ticket_ = 0;

    std::deque<part> parts_;     ///< contiguous, from about read_ to next_
    std::size_t delivered_ = 0;  ///< leading parts that are delivered
    std::size_t wanted_ = 0;     ///< parts in state wanted
    std::unordered_map<ticket, request> requests_;
    std::int64_t bytes_under_way_ = 0;
    std::int64_t received_ = 0;     ///< bytes, each part once
    std::int64_t asked_again_ = 0;  ///< bytes that were asked for a second time because the first was late
    time_point held_back_at_{};     ///< when something else than the connections' windows was in the way last
    std::vector<line> lines_;
    std::vector<flood_gate*> watched_;
    stall_watch stall_;
    std::vector<action> actions_;
};

}  // namespace mtproto::schedule
