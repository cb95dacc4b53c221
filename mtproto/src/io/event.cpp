// A timer that never expires: cancelling it wakes its waiters.
#include "io/event.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/use_awaitable.hpp>

#include <tuple>

namespace mtproto::io {

event::event(const asio::any_io_executor& executor)
    : never_(executor, asio::steady_timer::time_point::max()) {}

awaitable<result<void>> event::wait() {
    const std::uint64_t before = generation_;
    std::ignore = co_await never_.async_wait(asio::as_tuple(asio::use_awaitable));
    if (generation_ == before) co_return errc::cancelled;
    co_return result<void>{};
}

void event::notify() {
    ++generation_;
    never_.cancel();
}

}  // namespace mtproto::io
