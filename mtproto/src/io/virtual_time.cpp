// Waiters in order of their times, each on a timer that only this clock ends.
#include "io/virtual_time.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <tuple>

namespace mtproto::io {

struct virtual_timers::waiter {
    explicit waiter(const asio::any_io_executor& executor)
        : never(executor, asio::steady_timer::time_point::max()) {}

    asio::steady_timer never;
    bool due = false;
};

awaitable<result<void>> virtual_timers::sleep_until(time_point when) {
    if (when <= now_) co_return result<void>{};
    waiter here(executor_);
    const auto entry = waiting_.emplace(when, &here);
    // A coroutine that is destroyed while it waits must leave no pointer behind.
    struct leave {
        virtual_timers& timers;
        decltype(entry) at;
        waiter& who;
        ~leave() {
            if (!who.due) timers.waiting_.erase(at);
        }
    };
    const leave on_exit{*this, entry, here};
    std::ignore = co_await here.never.async_wait(asio::as_tuple(asio::use_awaitable));
    if (!here.due) co_return errc::cancelled;
    co_return result<void>{};
}

void virtual_timers::advance_to_next() {
    if (!waiting_.empty()) advance_to(waiting_.begin()->first);
}

void virtual_timers::advance_by(duration time) {
    advance_to(now_ + time);
}

void virtual_timers::advance_to(time_point when) {
    if (when > now_) now_ = when;
    while (!waiting_.empty() && waiting_.begin()->first <= now_) {
        waiter* first = waiting_.begin()->second;
        waiting_.erase(waiting_.begin());
        first->due = true;
        first->never.cancel();
    }
}

}  // namespace mtproto::io
