// The download scheduler: which part of a range is asked for when, and over which connection. A pure state
// machine.
#pragma once

#include "schedule/action.hpp"
#include "schedule/admission.hpp"
#include "schedule/connection_table.hpp"
#include "schedule/dispatcher.hpp"
#include "schedule/hedging.hpp"
#include "schedule/lanes.hpp"
#include "schedule/part_list.hpp"
#include "schedule/range_settings.hpp"
#include "schedule/request_table.hpp"
#include "schedule/stall_watch.hpp"

#include <mtproto/window.hpp>

#include <memory>
#include <optional>
#include <utility>
#include <vector>

namespace mtproto::schedule {

/// How a part failed.
enum class part_failure {
    retry,         ///< the server could not, or did not answer in time; ask again at `retry_at`
    wrong_length,  ///< shorter or longer than asked: once more, over another connection
    parked,        ///< nothing wrong with the part: ask again when hold() is over; costs no attempt
    fatal,
};

/// Every event takes the time and may produce actions, which the driver collects with take_actions() and
/// performs in order. No clock, no I/O, no file data inside: the same code runs under Asio and in a
/// simulator. A download begins with lane 0; connections of other lanes have numbers of their own
/// (lanes.hpp).
class scheduler {
  public:
    /// `driver` is woken when something may be granted that was refused, or is asked back. `queue`: before
    /// connections that are shared, if they are. `cache`: of bytes that need no connection, if there are any.
    /// All outlive the scheduler.
    scheduler(const range_settings& range, std::unique_ptr<window::strategy> strategy, byte_budget& budget,
              wakeable& driver, fair_queue::flow* queue = nullptr, const cache_view* cache = nullptr);
    scheduler(const scheduler&) = delete;
    scheduler& operator=(const scheduler&) = delete;

    /// Another account brings parts, too, over connections of its own: the lane's number, -1 when there are
    /// too many. `queue`: before them, if they are shared; outlives the lane.
    int add_lane(time_point now, std::unique_ptr<window::strategy> strategy, int connections,
                 fair_queue::flow* queue = nullptr);
    /// It brings no more: what is under way there goes to others, and its gates are asked nothing. Its
    /// strategy, for a lane to come.
    std::unique_ptr<window::strategy> remove_lane(time_point now, int lane);

    // Events
    void start(time_point now);
    /// Requests over `connection` pass `gate` from now on; again for a connection that is up changes the
    /// gate.
    void connection_up(time_point now, int connection, flood_gate& gate);
    /// It broke or could not be opened. Its parts move to others; it is opened again at `retry_at`.
    void connection_lost(time_point now, int connection, time_point retry_at);
    /// With the length that was asked for; any other is a part_failure::wrong_length. Not `by_connection`: it
    /// was at hand, or came by another's request, so that its time says nothing about the connection.
    void part_received(time_point now, ticket id, bool by_connection = true);
    void part_failed(time_point now, ticket id, part_failure how, time_point retry_at);
    /// The server asked to wait: all of the connection's account does, and no attempt is used up.
    void flooded(time_point now, ticket id, duration wait);
    /// Nothing new is asked for over `lane` until release(), as while a file reference is renewed.
    void hold(time_point now, int lane = 0);
    void release(time_point now, int lane = 0);
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
    /// How often the part that `id` asks for has failed so far with part_failure::retry.
    int attempts(ticket id) const;
    /// How often `connection` was lost in a row.
    int losses(int connection) const;
    int connections_up() const noexcept { return connections_.up(); }
    /// Whether there is something to ask for as soon as connections and gates allow it.
    bool wants_more() const noexcept {
        return running() && asking() && (!parts_.at_end() || parts_.wanted() > 0);
    }
    std::int64_t held() const noexcept { return admission_.held(); }

  private:
    bool running() const noexcept { return started_ && !failed_; }
    bool asking() const noexcept { return !paused_ && (on_hold_ == 0 || on_hold_ != present_lanes()); }
    unsigned present_lanes() const noexcept;

    // After each event, in this order
    void plan(time_point now);
    void give_back();
    void check_stalled(time_point now);
    void check_silent(time_point now);
    std::optional<time_point> shut_until() const;
    bool awaits_bytes(bool awaits_turn) const;

    void check(time_point now, int connection);
    void race_lost(time_point now, ticket id);
    void report_part(time_point now, ticket id, const sent_request& ended, bool hedged);
    void deliver_ready();
    void fail();

    range_settings range_;
    lanes strategy_;
    admission admission_;
    connection_table connections_;
    part_list parts_;
    request_table requests_;
    hedging hedging_;
    std::vector<action> actions_;
    dispatcher dispatcher_;
    stall_watch stall_;
    bool started_ = false;
    bool failed_ = false;
    unsigned on_hold_ = 0;  ///< a bit for each lane
    bool paused_;
};

}  // namespace mtproto::schedule
