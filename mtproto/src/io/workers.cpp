// A queue, and callers that take their job back when they go.
#include "io/workers.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace mtproto::io {

struct workers::task {
    task(asio::any_io_executor executor, std::function<void()> what)
        : home(std::move(executor)), job(std::move(what)), answered(home) {}

    enum class state { queued, running, over };

    asio::any_io_executor home;
    std::function<void()> job;
    event answered;
    bool done = false;  // on the executor
    state now = state::queued;
    bool unwanted = false;
};

/// A caller's time with the workers.
class workers::turn {
  public:
    turn(workers& of, std::shared_ptr<task> what) : of_(of), what_(std::move(what)) {
        where_ = of_.open_.insert(of_.open_.end(), what_);
    }
    turn(const turn&) = delete;
    turn& operator=(const turn&) = delete;
    ~turn() {
        of_.open_.erase(where_);
        std::unique_lock lock(of_.guard_);
        what_->unwanted = true;
        std::erase(of_.queue_, what_);
        of_.ended_.wait(lock, [this] { return what_->now != task::state::running; });
    }

  private:
    workers& of_;
    std::shared_ptr<task> what_;
    std::list<std::shared_ptr<task>>::iterator where_;
};

awaitable<result<void>> workers::run(asio::any_io_executor home, std::function<void()> job) {
    const auto mine = std::make_shared<task>(std::move(home), std::move(job));
    {
        const std::lock_guard lock(guard_);
        if (stopped_) co_return errc::cancelled;
        queue_.push_back(mine);
        if (static_cast<int>(threads_.size()) < count_) threads_.emplace_back([this] { work(); });
    }
    wanted_.notify_one();
    const turn until_the_end(*this, mine);
    while (!mine->done) {
        if (const result<void> waited = co_await mine->answered.wait(); !waited) co_return waited.error();
        if (stopped_ && !mine->done) co_return errc::cancelled;
    }
    co_return result<void>();
}

void workers::work() {
    std::unique_lock lock(guard_);
    for (;;) {
        wanted_.wait(lock, [this] { return stopped_ || !queue_.empty(); });
        if (stopped_) return;
        const std::shared_ptr<task> next = std::move(queue_.front());
        queue_.pop_front();
        next->now = task::state::running;
        lock.unlock();
        next->job();
        lock.lock();
        next->now = task::state::over;
        // While the lock is held stop() has not returned, so that the executor is still there.
        if (!stopped_ && !next->unwanted)
            asio::post(next->home, [next] {
                next->done = true;
                next->answered.notify();
            });
        ended_.notify_all();
    }
}

void workers::stop() noexcept {
    {
        const std::lock_guard lock(guard_);
        if (std::exchange(stopped_, true)) return;
        queue_.clear();
    }
    wanted_.notify_all();
    for (std::thread& each : threads_)
        each.join();
    for (const std::shared_ptr<task>& each : open_)
        each->answered.notify();
}

}  // namespace mtproto::io
