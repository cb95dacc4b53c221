// The coroutine type of every room from here up.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/awaitable.hpp>

namespace mtproto::io {

namespace asio = boost::asio;

/// Runs on the executor it was spawned on. Cancellation is Asio's: it ends the pending operation, whose
/// result is errc::cancelled, and (as Asio does) throws operation_aborted at the next co_await.
template <class T>
using awaitable = asio::awaitable<T>;

}  // namespace mtproto::io
