// Threads for computations that would hold up the connections.
#pragma once

#include "io/awaitable.hpp"
#include "io/event.hpp"

#include <mtproto/error.hpp>

#include <condition_variable>
#include <deque>
#include <functional>
#include <list>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

namespace mtproto::io {

/// Used from one executor; the threads begin with the first job.
class workers {
  public:
    explicit workers(int threads) : count_(threads) {}
    ~workers() { stop(); }
    workers(const workers&) = delete;
    workers& operator=(const workers&) = delete;

    /// Runs `job`, which must not throw, on one of the threads, and returns on `home`. The job may refer to
    /// what the caller holds: however the caller ends, it does not before the job has ended, or was taken
    /// back, for which its thread may have to wait as long as the job takes. Error: errc::cancelled, and so
    /// after stop().
    awaitable<result<void>> run(asio::any_io_executor home, std::function<void()> job);
    /// Takes back what waits, and joins the threads: nothing is posted to any executor afterwards.
    void stop() noexcept;

  private:
    struct task;
    class turn;

    void work();

    const int count_;
    std::vector<std::thread> threads_;
    std::list<std::shared_ptr<task>> open_;  // callers that wait; of their executor alone

    std::mutex guard_;
    std::condition_variable wanted_;
    std::condition_variable ended_;
    std::deque<std::shared_ptr<task>> queue_;
    bool stopped_ = false;
};

}  // namespace mtproto::io
