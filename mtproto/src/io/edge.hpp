// The public edge: whatever goes wrong in a coroutine leaves the library as mtproto::error.
#pragma once

#include "io/awaitable.hpp"
#include "io/exception_holder.hpp"

#include <mtproto/error.hpp>

#include <boost/asio/error.hpp>
#include <boost/system/result.hpp>
#include <boost/system/system_error.hpp>

#include <type_traits>
#include <utility>

namespace mtproto::io {

/// Asio throws operation_aborted of its own where a coroutine that was cancelled awaits the next time.
inline failure failure_of(const boost::system::system_error& thrown) {
    const bool cancelled = thrown.code() == asio::error::operation_aborted;
    return cancelled ? failure(errc::cancelled) : failure(thrown.code());
}

/// The coroutine's outcome, whether it returns or throws. `E`: what a failure becomes.
template <class T, class E>
awaitable<boost::system::result<T, E>> as_outcome(awaitable<boost::system::result<T, E>> what) {
    try {
        co_return co_await std::move(what);
    } catch (const error& thrown) {
        co_return E(thrown.info());
    } catch (const boost::system::system_error& thrown) {
        co_return E(failure_of(thrown));
    } catch (const foreign_exception&) {
        co_return E(failure(errc::cancelled));  // its holder throws it
    }
}

/// Every public function that is awaited returns this: the value, or mtproto::error and nothing else of ours.
/// An exception of the embedder's own code comes out as it is. It awaits nothing outside of the one place
/// where Asio's exceptions are caught.
template <class T>
awaitable<T> at_the_edge(awaitable<outcome<T>> what) {
    failure why;
    try {
        outcome<T> done = co_await std::move(what);
        if constexpr (std::is_void_v<T>) {
            if (done) co_return;
        } else {
            if (done) co_return std::move(*done);
        }
        why = done.error();
    } catch (const boost::system::system_error& thrown) {
        why = failure_of(thrown);
    } catch (const foreign_exception& thrown) {
        std::rethrow_exception(thrown.exception);
    }
    throw error(std::move(why));
}

}  // namespace mtproto::io
