// Posts under the mutex, so that nothing is posted to an executor that is gone.
#include "blocking/doorbell.hpp"

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/strand.hpp>
#include <boost/asio/thread_pool.hpp>

#include <utility>

namespace mtproto::blocking {
namespace {

template <class Executor>
bool runs_here(const io::asio::any_io_executor& executor) {
    const auto* known = executor.target<Executor>();
    return known && known->running_in_this_thread();
}

}  // namespace

doorbell::doorbell(io::asio::any_io_executor executor, std::function<void()> answer)
    : executor_(std::move(executor)), answer_(std::move(answer)) {}

void doorbell::arm() {
    const std::lock_guard lock(mutex_);
    armed_ = true;
}

void doorbell::ring() {
    const std::lock_guard lock(mutex_);
    if (!armed_ || !executor_) return;
    armed_ = false;
    io::asio::post(executor_, [self = shared_from_this()] { self->answer(); });
}

void doorbell::answer() {
    if (answer_) answer_();
}

void doorbell::remove() {
    const std::lock_guard lock(mutex_);
    executor_ = {};
    answer_ = {};
}

bool doorbell::is_heard_here() const {
    using context = io::asio::io_context::executor_type;
    using pool = io::asio::thread_pool::executor_type;
    const std::lock_guard lock(mutex_);
    return runs_here<context>(executor_) || runs_here<io::asio::strand<context>>(executor_) ||
           runs_here<io::asio::strand<pool>>(executor_) ||
           runs_here<io::asio::strand<io::asio::any_io_executor>>(executor_);
}

}  // namespace mtproto::blocking
