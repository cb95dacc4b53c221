// Sleeps until the time that was set last.
#include "download/alarm.hpp"

#include <utility>

namespace mtproto::download {

alarm::alarm(io::asio::any_io_executor executor, io::timers& time, std::function<void()> ring)
    : executor_(std::move(executor)), time_(time), ring_(std::move(ring)) {}

void alarm::set(const std::optional<time_point>& when) {
    if (task_ && when && *when == when_) return;
    task_ = nullptr;
    if (!when) return;
    when_ = *when;
    const auto own = task_.renew(executor_);
    launch(executor_, run(*this, time_, own, when_), own);
}

/// `of` is there as long as `own` is not over.
io::awaitable<void> alarm::run(alarm& of, io::timers& time, std::shared_ptr<task> own, time_point when) {
    if (!own->start()) co_return;
    co_await time.sleep_until(when);
    if (std::exchange(own->over, true)) co_return;
    of.task_ = nullptr;
    of.ring_();
}

}  // namespace mtproto::download
