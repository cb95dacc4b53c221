// The download of one range of a file: performs what the scheduler says, and tells it what happened.
#pragma once

#include "download/alarm.hpp"
#include "download/chunk_queue.hpp"
#include "download/download_lanes.hpp"
#include "download/download_tasks.hpp"
#include "download/failure_record.hpp"
#include "download/progress_report.hpp"
#include "download/reader_wait.hpp"
#include "download/shared_file.hpp"
#include "download/stream_places.hpp"
#include "io/event.hpp"
#include "io/exception_holder.hpp"
#include "io/timers.hpp"
#include "schedule/cache_view.hpp"
#include "schedule/fair_queue.hpp"
#include "schedule/scheduler.hpp"

#include <mtproto/byte_stream.hpp>
#include <mtproto/random.hpp>

#include <memory>
#include <optional>

namespace mtproto::download {

/// All of it outlives the coroutines of a download, which hold `source` and `file`.
struct shared_services {
    io::asio::any_io_executor executor;
    io::timers* time = nullptr;
    random_source* random = nullptr;
    std::shared_ptr<source_choice> source;  ///< where there is no choice among places
    schedule::byte_budget* budget = nullptr;
    schedule::fair_queue* queue = nullptr;            ///< of the source's connections, if they are shared
    std::shared_ptr<stream_places> places = nullptr;  ///< in place of `source` and `queue`, if there are any
    bool own_strategy = false;                        ///< the embedder has chosen the window strategy
    std::shared_ptr<shared_file> file = nullptr;      ///< shared with other readers, if it is
    duration max_wait = duration::max();              ///< a longer flood wait ends the download
    /// Holds what the strategy and the progress callback throw, which ends the download. May be null.
    std::shared_ptr<io::exception_holder> exceptions = nullptr;
};

/// Starts at once. Made with make(), ended with close(): coroutines that are still under way hold it and find
/// it closed. Not thread safe.
class range_download final : public schedule::wakeable,
                             public schedule::cache_view,
                             public std::enable_shared_from_this<range_download> {
  public:
    static std::shared_ptr<range_download> make(shared_services services,
                                                const schedule::range_settings& range,
                                                std::unique_ptr<window::strategy> strategy,
                                                progress_callback report);
    ~range_download() override;

    /// The next bytes in order, nothing at the end or once closed. What was returned before counts as read.
    /// Cancelled, it takes nothing. Holds the download while it waits. errc::bad_argument while another one
    /// waits.
    static io::awaitable<outcome<std::optional<chunk>>> next(std::shared_ptr<range_download> self);
    void seek(std::int64_t offset);
    /// Nothing new is asked for until resume().
    void pause();
    void resume();
    void close() noexcept;
    /// Closes; next() gives `why` from then on.
    void end(const failure& why) noexcept;

    std::int64_t position() const noexcept { return chunks_.position(); }
    /// Parts come from there, too, if there are not too many places already.
    void join(const stream_place& at);
    /// Nothing comes from there any more: what is under way there is asked for at other places.
    void leave(const source_choice& at);
    /// Both at once. A strategy that the embedder has chosen goes along.
    void move(const source_choice& from, const stream_place& to);
    /// No place brings the rest: next() gives `why`.
    void fail(const failure& why);
    /// For who chooses places.
    struct standing {
        std::optional<time_point> reader_waits;  ///< since then
        std::int64_t ahead = 0;                  ///< bytes that are here and not read
        bool wants_more = false;
        bool under_way = false;  ///< something is asked for
    };
    standing stands() const;
    bool has_own_strategy() const noexcept { return services_.own_strategy; }

    void wake() noexcept override;
    bool at_hand(const schedule::part_range& part) const override;

  private:
    using self_ptr = std::shared_ptr<range_download>;

    range_download(shared_services services, const schedule::range_settings& range,
                   std::unique_ptr<window::strategy> strategy, progress_callback report);

    // Actions of the scheduler: range_download.cpp
    void perform();
    void act(const schedule::request_part& part);
    void act(const schedule::drop_part& dropped);
    void act(const schedule::open_connection& which) { open(which.connection, false); }
    /// The connection itself lives on with the client, ready for the next stream.
    void act(const schedule::close_connection&) {}
    void act(const schedule::check_connection& which) { open(which.connection, true); }
    void act(const schedule::deliver_part& next);
    void act(const schedule::look_elsewhere&);
    void act(const schedule::stalled&);
    void act(const schedule::give_up&);
    void open(int connection, bool check);
    bool excused();
    bool asking() const noexcept;
    void close_if_thrown() noexcept;
    void throw_if_thrown();

    // The reader's waits: range_download.cpp
    chunk take_chunk();
    bool begins_to_wait();
    void tell_wait(bool always);
    bool is_too_long(time_point until) const;
    bool ends_at_bound();

    // Coroutines, and what their ends tell the scheduler: range_download_events.cpp
    static io::awaitable<void> run_request(self_ptr self, std::shared_ptr<part_request> own);
    static io::awaitable<void> run_open(self_ptr self, std::shared_ptr<task> own, int connection, bool check);
    static io::awaitable<void> run_renewal(self_ptr self, std::shared_ptr<task> own, int lane, int version);
    static io::awaitable<void> run_look(self_ptr self, std::shared_ptr<task> own);
    static io::awaitable<void> run_wait_watch(self_ptr self, std::shared_ptr<task> own);
    void came(const schedule::request_part& part, shared_answer answer);
    void failed(const part_request& which, const failure& why);
    void sent_on(const part_request& which, const moved& answer);
    void renew(const part_request& which);
    bool is_past(const part_request& which) const;
    void part_failed(const part_request& which, schedule::part_failure how);
    void opened(int connection, const outcome<void>& answer);
    void connection_lost(int connection);
    void follow_source(int lane);

    // Places: range_download_places.cpp
    void put_lane(const stream_place& at);
    void drop_lane(int lane);
    bool goes_on_without(int lane, const failure& why);
    bool has_lane(int connection) const { return lanes_.find(schedule::lane_of(connection)) != nullptr; }
    download_lane& lane_of(int connection) const { return lanes_.of(connection); }
    time_point now() const { return services_.time->now(); }

    shared_services services_;
    schedule::range_settings range_;
    io::event changed_;  ///< something for the reader
    chunk_queue chunks_;
    progress_report progress_;
    reader_wait wait_;
    failure_record failures_;
    download_lanes lanes_;
    std::optional<schedule::scheduler> scheduler_;  ///< gone once closed
    download_tasks tasks_;
    alarm alarm_;
    bool performing_ = false;
    bool woken_ = false;
};

}  // namespace mtproto::download
