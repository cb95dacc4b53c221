// A coroutine that its owner can stop.
#pragma once

#include "io/awaitable.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <cstddef>
#include <memory>
#include <utility>

namespace mtproto::download {

struct task {
    io::asio::cancellation_signal cancel;
    bool begun = false;
    bool over = false;  ///< it has ended, or nobody wants its outcome any more

    /// Whether it is to run at all.
    bool start() noexcept {
        begun = true;
        return !over;
    }
};

/// Starts `what`, which begins with own->start() and keeps `own` until its end.
void launch(const io::asio::any_io_executor& executor, io::awaitable<void> what, std::shared_ptr<task> own);
/// Cancels it, unless it is over. Null is none.
void stop(const io::asio::any_io_executor& executor, const std::shared_ptr<task>& which);

/// Stops its task at its own end, and when it gets another.
class task_owner {
  public:
    task_owner() = default;
    task_owner(io::asio::any_io_executor executor, std::shared_ptr<task> owned)
        : executor_(std::move(executor)), task_(std::move(owned)) {}
    task_owner(task_owner&& other) noexcept
        : executor_(std::move(other.executor_)), task_(std::exchange(other.task_, nullptr)) {}
    task_owner& operator=(task_owner&& other) noexcept {
        std::swap(executor_, other.executor_);
        std::swap(task_, other.task_);
        other = nullptr;
        return *this;
    }
    task_owner& operator=(std::nullptr_t) noexcept {
        stop(executor_, std::exchange(task_, nullptr));
        return *this;
    }
    ~task_owner() { stop(executor_, task_); }

    /// A new task in place of the old one, to be launched.
    template <class Task = task>
    std::shared_ptr<Task> renew(const io::asio::any_io_executor& executor) {
        auto made = std::make_shared<Task>();
        *this = task_owner(executor, made);
        return made;
    }

    explicit operator bool() const noexcept { return task_ != nullptr; }

  private:
    io::asio::any_io_executor executor_;
    std::shared_ptr<task> task_;
};

}  // namespace mtproto::download
