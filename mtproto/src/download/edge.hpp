// The public edge: whatever goes wrong in a coroutine leaves it as mtproto::error.
#pragma once

#include "io/awaitable.hpp"

#include <mtproto/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

namespace mtproto::download {

/// Asio throws operation_aborted of its own where a coroutine that was cancelled awaits the next time.
inline failure failure_of(const boost::system::system_error& thrown) {
    const bool cancelled = thrown.code() == io::asio::error::operation_aborted;
    return cancelled ? failure(errc::cancelled) : failure(thrown.code());
}

/// The coroutine's outcome, whether it returns or throws.
template <class T>
io::awaitable<outcome<T>> without_throwing(io::awaitable<outcome<T>> what) {
    try {
        co_return co_await std::move(what);
    } catch (const error& thrown) {
        co_return thrown.info();
    } catch (const boost::system::system_error& thrown) {
        co_return failure_of(thrown);
    }
}

}  // namespace mtproto::download
