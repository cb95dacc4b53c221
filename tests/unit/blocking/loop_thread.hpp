// An executor that a thread of its own runs, as embedders of players have it.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_future.hpp>

#include <thread>
#include <utility>

namespace mtproto::test {

class loop_thread {
  public:
    ~loop_thread() { end(); }

    boost::asio::io_context::executor_type executor() { return loop_.get_executor(); }
    /// Runs `job` there, and waits for its end.
    template <class Job>
    auto run(Job job) {
        return boost::asio::post(executor(), boost::asio::use_future(std::move(job))).get();
    }
    /// The same with a coroutine.
    template <class T>
    T await(boost::asio::awaitable<T> task) {
        return boost::asio::co_spawn(executor(), std::move(task), boost::asio::use_future).get();
    }
    /// Whatever is under way stays as it is, until the loop is destroyed.
    void end() {
        loop_.stop();
        if (thread_.joinable()) thread_.join();
    }

  private:
    boost::asio::io_context loop_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_{loop_.get_executor()};
    std::thread thread_{[this] { loop_.run(); }};
};

}  // namespace mtproto::test
