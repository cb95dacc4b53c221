// Coroutines that end together: the first that ends, ends the others.
#pragma once

#include "io/awaitable.hpp"
#include "io/event.hpp"

#include <boost/asio/cancellation_signal.hpp>

#include <cstddef>
#include <deque>
#include <exception>
#include <functional>
#include <memory>

namespace mtproto::localdc {

class loop_group {
  public:
    /// `ended`: told what a loop threw, but for its being cancelled.
    loop_group(boost::asio::any_io_executor executor, std::function<void(const std::exception&)> ended);

    /// Starts a loop. `owner` keeps the group, and what the loop uses, until it has ended.
    void start(std::shared_ptr<void> owner, io::awaitable<void> loop);
    /// Returns when a loop has ended, or the caller is cancelled.
    io::awaitable<void> first_end();
    /// Cancels the others, and returns when all have ended.
    io::awaitable<void> end_all();

  private:
    void note_end(const std::exception_ptr& thrown);

    boost::asio::any_io_executor executor_;
    std::function<void(const std::exception&)> ended_;
    std::deque<boost::asio::cancellation_signal> cancel_;  // a deque: signals do not move
    std::size_t running_ = 0;
    io::event loop_ended_;
};

}  // namespace mtproto::localdc
