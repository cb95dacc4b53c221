// A clock that stands still until it is moved, and the timers that wait for it.
#pragma once

#include "io/timers.hpp"

#include <map>

namespace mtproto::io {

/// Not thread safe. Time starts at an arbitrary steady point and at `start` of the calendar.
class virtual_timers final : public timers {
  public:
    explicit virtual_timers(asio::any_io_executor executor,
                            unix_time start = std::chrono::seconds(1'750'000'000))
        : executor_(std::move(executor)), start_(start) {}

    time_point now() const override { return now_; }
    unix_time unix_now() const override { return start_ + calendar_shift_ + now_.time_since_epoch(); }
    awaitable<result<void>> sleep_until(time_point when) override;

    /// Whether anything waits for a time.
    bool anyone_waits() const noexcept { return !waiting_.empty(); }
    /// Moves to the earliest time that is waited for and wakes who waits for it.
    void advance_to_next();
    /// Moves forward by `time`, waking on the way (the executor must be polled to let them run).
    void advance_by(duration time);
    /// Sets the calendar forward or back, as an operator would; deadlines do not notice.
    void shift_calendar(duration by) noexcept { calendar_shift_ += by; }

  private:
    struct waiter;

    void advance_to(time_point when);

    asio::any_io_executor executor_;
    unix_time start_;
    duration calendar_shift_{0};
    time_point now_{};
    std::multimap<time_point, waiter*> waiting_;
};

}  // namespace mtproto::io
