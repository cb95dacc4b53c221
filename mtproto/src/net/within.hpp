// A time limit on anything that waits.
#pragma once

#include "io/timers.hpp"

#include <mtproto/error.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>

namespace mtproto::net {

/// What `task` gives, or errc::timed_out when the deadline comes first: `task` is cancelled then. When the
/// caller is cancelled so is the task, and errc::cancelled comes back unless it had ended already.
template <class T>
io::awaitable<outcome<T>> within(io::timers& time, time_point deadline, io::awaitable<outcome<T>> task) {
    using namespace boost::asio::experimental::awaitable_operators;
    auto first = co_await (std::move(task) || time.sleep_until(deadline));
    if (first.index() == 0) co_return std::move(std::get<0>(first));
    co_return std::get<1>(first) ? errc::timed_out : errc::cancelled;
}

}  // namespace mtproto::net
