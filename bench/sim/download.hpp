// One reader's stream: the scheduler that ships, driven in virtual time.
#pragma once

#include "schedule/scheduler.hpp"
#include "sim/event_queue.hpp"
#include "sim/lines.hpp"
#include "sim/report.hpp"
#include "sim/scenario.hpp"

#include <mtproto/random.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <unordered_map>

namespace mtproto::sim {

/// What downloads of one account share.
struct shared {
    event_queue& events;
    lines& over;
    schedule::byte_budget& budget;
    schedule::flood_gate& gate;
    random_source& random;
};

/// Performs actions and tells of events as download::range_download does.
class download final : public schedule::wakeable, public asker {
  public:
    download(shared with, const scenario& what, const reader_rules& reader,
             std::unique_ptr<window::strategy> strategy);
    ~download() override;

    void begin();
    bool over() const noexcept { return over_; }
    const reader_report& outcome() const noexcept { return outcome_; }

    void wake() noexcept override;
    void answered(std::uint64_t ticket, const answer& what) override;
    void lost(int line) override;
    void ready(int line) override;

  private:
    void perform();
    void act(const schedule::request_part& what);
    void act(const schedule::drop_part& what);
    void act(const schedule::open_connection& what);
    void act(const schedule::close_connection& what);
    void act(const schedule::check_connection& what);
    void act(const schedule::deliver_part& what);
    void act(const schedule::look_elsewhere&) {}
    void act(const schedule::stalled& what);
    void act(const schedule::give_up& what);
    void set_alarm();
    duration pause(int failures);

    // The reader (reader.cpp).
    void read();
    void consume();
    void stall_ends();
    void end(bool complete);

    time_point now() const noexcept { return shared_.events.now(); }

    shared shared_;
    reader_rules reader_;
    std::optional<schedule::scheduler> machine_;
    std::unordered_map<schedule::ticket, int> flights_;  ///< the line of each
    std::deque<schedule::deliver_part> ready_;
    std::optional<schedule::deliver_part> taken_;  ///< what is being played
    std::int64_t ready_bytes_ = 0;
    std::int64_t position_ = 0;
    bool performing_ = false;
    bool woken_ = false;
    bool playing_ = false;  ///< has begun
    std::optional<time_point> stalled_since_;
    std::uint64_t alarm_ = 0;  ///< the one that is set; 0: none
    std::uint64_t last_alarm_ = 0;
    time_point alarm_at_{};
    time_point began_{};
    bool over_ = false;
    reader_report outcome_;
};

}  // namespace mtproto::sim
