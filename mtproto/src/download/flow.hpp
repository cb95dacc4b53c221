// One range of a file on its way: performs what the scheduler says, and tells it what happened.
#pragma once

#include "download/covered_bytes.hpp"
#include "download/losses.hpp"
#include "download/rate_meter.hpp"
#include "download/shared_file.hpp"
#include "download/source_choice.hpp"
#include "download/task.hpp"
#include "io/event.hpp"
#include "io/timers.hpp"
#include "schedule/line_turns.hpp"
#include "schedule/scheduler.hpp"

#include <mtproto/byte_stream.hpp>
#include <mtproto/random.hpp>

#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>

namespace mtproto::download {

/// What a flow runs on; all of it outlives the flow's coroutines, which hold `source` and `file`.
struct flow_place {
    io::asio::any_io_executor executor;
    io::timers* time = nullptr;
    random_source* random = nullptr;
    std::shared_ptr<source_choice> source;
    schedule::byte_budget* budget = nullptr;
    schedule::line_turns* turns = nullptr;        ///< of the source's lines, if they are shared
    std::shared_ptr<shared_file> file = nullptr;  ///< what is shared with other readers, if anything is
    duration max_wait = duration::max();          ///< a longer flood wait ends the download
};

/// Starts at once. Made with make(), ended with close(): coroutines that are still under way hold it and find
/// it closed. Not thread safe.
class flow final : public schedule::wakeable, public std::enable_shared_from_this<flow> {
  public:
    static std::shared_ptr<flow> make(flow_place where, const schedule::settings& how,
                                      std::unique_ptr<window::strategy> strategy, progress_callback report);
    ~flow() override;

    /// The next bytes in order, nothing at the end or once closed. What was returned before counts as read.
    /// Cancelled, it takes nothing. Holds the flow while it waits; one call at a time.
    static io::awaitable<outcome<std::optional<chunk>>> next(std::shared_ptr<flow> self);
    void seek(std::int64_t offset);
    /// Nothing new is asked for until resume().
    void pause();
    void resume();
    void close() noexcept;

    std::int64_t position() const noexcept { return position_; }
    void wake() noexcept override;

  private:
    struct flight : task {
        schedule::request_part what;
        int version = 0;  ///< of the source when it was sent
    };

    flow(flow_place where, const schedule::settings& how, std::unique_ptr<window::strategy> strategy,
         progress_callback report);

    void perform();
    void act(const schedule::request_part& what);
    void act(const schedule::drop_part& what);
    void act(const schedule::open_connection& what);
    void act(const schedule::close_connection& what);
    void act(const schedule::check_connection& what);
    void act(const schedule::deliver_part& what);
    void act(const schedule::look_elsewhere& what);
    void act(const schedule::stalled& what);
    void act(const schedule::give_up& what);
    bool excused();
    void open(int line, bool check);
    void set_alarm();
    int shared_line(int line) const { return turns_ ? turns_->line(line) : line; }
    void set_up(int line, bool so);

    static io::awaitable<reply<shared_answer>> fetch(std::shared_ptr<flow> self, schedule::request_part what);
    static io::awaitable<void> run_fetch(std::shared_ptr<flow> self, std::shared_ptr<flight> request);
    static io::awaitable<void> run_open(std::shared_ptr<flow> self, std::shared_ptr<task> own, int line,
                                        bool check);
    static io::awaitable<void> run_renewal(std::shared_ptr<flow> self, std::shared_ptr<task> own,
                                           int version);
    static io::awaitable<void> run_look(std::shared_ptr<flow> self, std::shared_ptr<task> own);
    static io::awaitable<void> run_alarm(std::shared_ptr<flow> self, std::shared_ptr<task> own,
                                         time_point when);

    void fetched(const flight& request, reply<shared_answer> answer);
    void fetch_failed(const flight& request);
    void follow_source();
    bool is_past(const flight& request) const;
    void sent_on(const flight& request, const moved& answer);
    void needs_renewal(const flight& request);
    void opened(int line, const outcome<void>& answer);
    void renewed(const outcome<void>& answer);
    chunk take_ready();
    void report(time_point now, bool at_once);

    // Waits: flow_waits.cpp
    bool begins_to_wait();
    void tell_wait(bool always);
    std::optional<wait_info> present_wait() const;
    bool is_flooded() const;
    bool ends_at_bound();
    static io::awaitable<void> run_watch(std::shared_ptr<flow> self, std::shared_ptr<task> own);
    time_point now() const { return where_.time->now(); }

    flow_place where_;
    schedule::settings how_;
    progress_callback report_to_;
    io::event changed_;
    std::optional<schedule::line_turns::member> turns_;
    std::optional<schedule::scheduler> machine_;  ///< gone once closed

    std::unordered_map<schedule::ticket, std::shared_ptr<flight>> flights_;
    std::unordered_map<schedule::ticket, bytes> data_;  ///< received and not yet read
    std::deque<schedule::deliver_part> ready_;
    schedule::ticket taken_ = 0;  ///< what the reader got last; its data stays until it comes again
    std::int64_t position_ = 0;
    bool paused_;

    std::unordered_map<int, std::shared_ptr<task>> opening_;
    std::shared_ptr<task> renewing_;
    std::shared_ptr<task> looking_;  ///< for other addresses
    std::shared_ptr<task> alarm_;
    std::shared_ptr<task> watch_;              ///< tells of waits
    std::optional<time_point> waiting_since_;  ///< while the reader waits
    std::optional<wait_info> wait_;            ///< as it was told
    time_point alarm_at_{};
    bool performing_ = false;
    bool woken_ = false;

    failure last_failure_;            ///< what the event at hand reported
    losses losses_;                   ///< since the last good part
    std::optional<failure> failure_;  ///< why the download ended
    int repairs_ = 0;                 ///< renewals and moves since the last good part
    int version_;                     ///< of the source whose gate the connections pass

    rate_meter meter_;
    covered_bytes delivered_;
    int flood_waits_ = 0;
    time_point reported_{};
};

}  // namespace mtproto::download
