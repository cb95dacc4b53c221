// A condition that coroutines of one executor wait for.
#pragma once

#include "io/awaitable.hpp"

#include <mtproto/error.hpp>

#include <boost/asio/steady_timer.hpp>

namespace mtproto::io {

/// Not thread safe. Waiters check their own condition again after wait(), as with a condition variable:
/// `while (queue.empty()) if (auto waited = co_await changed.wait(); !waited) ...`
class event {
  public:
    explicit event(const asio::any_io_executor& executor);

    /// Returns after the next notify(). Error: errc::cancelled.
    awaitable<result<void>> wait();
    /// Wakes all that wait now.
    void notify();

  private:
    asio::steady_timer never_;
    std::uint64_t generation_ = 0;
};

}  // namespace mtproto::io
