// Whether an account is connected or closed, and pauses that end when it is closed.
#pragma once

#include "io/event.hpp"
#include "io/timers.hpp"

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>

namespace mtproto::core {

/// New, then connected, then closed for good. Not thread safe.
class account_lifetime {
  public:
    /// `time` outlives this.
    account_lifetime(const io::asio::any_io_executor& executor, io::timers& time)
        : time_(time), closing_(executor) {}

    void set_connected() noexcept { connected_ = true; }
    /// Ends the pauses that are under way.
    void close() noexcept;

    bool connected() const noexcept { return connected_; }
    bool closed() const noexcept { return closed_; }
    /// Whether requests may go out. Errors: errc::connection_closed, not_connected.
    outcome<void> check() const;
    /// Errors: errc::connection_closed, cancelled.
    io::awaitable<outcome<void>> sleep_until(time_point when);

  private:
    io::timers& time_;
    io::event closing_;
    bool connected_ = false;
    bool closed_ = false;
};

}  // namespace mtproto::core
