// A coroutine that whoever started it can stop.
#pragma once

#include "io/awaitable.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <memory>

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

}  // namespace mtproto::download
