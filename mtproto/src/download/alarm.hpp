// Wakes a download at the next time that its scheduler has something to do.
#pragma once

#include "download/task.hpp"
#include "io/timers.hpp"

#include <mtproto/clock.hpp>

#include <functional>
#include <optional>

namespace mtproto::download {

/// One time at a time. It never rings after its own end. Not thread safe.
class alarm {
  public:
    /// `time` must outlive the coroutines that wait for it.
    alarm(io::asio::any_io_executor executor, io::timers& time, std::function<void()> ring);
    alarm(const alarm&) = delete;
    alarm& operator=(const alarm&) = delete;

    /// Rings at `when`, in place of the time that was set before. Nothing: does not ring.
    void set(const std::optional<time_point>& when);

  private:
    static io::awaitable<void> run(alarm& of, io::timers& time, std::shared_ptr<task> own, time_point when);

    io::asio::any_io_executor executor_;
    io::timers& time_;
    std::function<void()> ring_;
    task_owner task_;
    time_point when_{};
};

}  // namespace mtproto::download
