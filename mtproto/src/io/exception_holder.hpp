// Exceptions of the embedder's code, on their way from a callback to the call that throws them.
#pragma once

#include "io/awaitable.hpp"

#include <boost/asio/error.hpp>
#include <boost/system/system_error.hpp>

#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <utility>

namespace mtproto::io {

/// Carries an exception of the embedder's through the library: at_the_edge() throws `exception` as it is.
struct foreign_exception {
    std::exception_ptr exception;
};

/// Holds the first exception until somebody takes it. Thread safe: logs may be called on any thread.
class exception_holder {
  public:
    void hold(std::exception_ptr thrown) noexcept {
        const std::lock_guard lock(mutex_);
        if (!held_) held_ = std::move(thrown);
    }
    /// Null when there is none.
    std::exception_ptr take() noexcept {
        const std::lock_guard lock(mutex_);
        return std::exchange(held_, nullptr);
    }
    std::exception_ptr held() const noexcept {
        const std::lock_guard lock(mutex_);
        return held_;
    }

    /// Throws what is held, once.
    void throw_once() {
        if (std::exception_ptr thrown = take()) throw foreign_exception{std::move(thrown)};
    }
    /// Throws what is held, each time.
    void throw_each_time() const {
        if (std::exception_ptr thrown = held()) throw foreign_exception{std::move(thrown)};
    }

  private:
    mutable std::mutex mutex_;
    std::exception_ptr held_;
};

/// `callback`, which `holder` catches for. An empty one stays empty.
template <class... Arguments>
std::function<void(Arguments...)> caught_by(std::shared_ptr<exception_holder> holder,
                                            std::function<void(Arguments...)> callback) {
    if (!callback) return callback;
    return [holder = std::move(holder), callback = std::move(callback)](Arguments... arguments) {
        try {
            callback(std::forward<Arguments>(arguments)...);
        } catch (...) {
            holder->hold(std::current_exception());
        }
    };
}

/// A coroutine of the embedder's: its exceptions pass the edge as they are. Being cancelled is none of them.
template <class T>
awaitable<T> as_foreign(awaitable<T> task) {
    try {
        co_return co_await std::move(task);
    } catch (const boost::system::system_error& thrown) {
        if (thrown.code() == asio::error::operation_aborted) throw;
        throw foreign_exception{std::current_exception()};
    }
}

}  // namespace mtproto::io
