// Jobs on threads: they come back where they were asked for, and nobody leaves while theirs runs.
#include "io/workers.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <doctest/doctest.h>

#include <atomic>
#include <future>
#include <memory>
#include <optional>
#include <thread>

using namespace mtproto;
namespace io = mtproto::io;
namespace asio = boost::asio;

namespace {

io::awaitable<void> run_one(io::workers& over, asio::any_io_executor home, std::function<void()> job,
                            std::optional<result<void>>& into) {
    into = co_await over.run(std::move(home), std::move(job));
}

/// A job that says when it begins, and ends when it is told to.
struct slow_job {
    std::promise<void> begun;
    std::promise<void> may_end;
    std::atomic<bool> ended = false;

    std::function<void()> job() {
        return [this, until = may_end.get_future().share()] {
            begun.set_value();
            until.wait();
            ended = true;
        };
    }
};

}  // namespace

TEST_CASE("a job runs on another thread, and its caller goes on where it was") {
    asio::io_context here(1);
    io::workers over(1);
    std::thread::id there;
    std::optional<result<void>> done;
    asio::co_spawn(here,
                   run_one(
                       over, here.get_executor(), [&] { there = std::this_thread::get_id(); }, done),
                   [&](std::exception_ptr) { CHECK(there != std::this_thread::get_id()); });
    here.run();
    REQUIRE(done);
    CHECK(done->has_value());
    CHECK(there != std::thread::id());
}

TEST_CASE("a caller that is cancelled leaves when its job has ended, and one that waits takes its job back") {
    asio::io_context here(1);
    io::workers over(1);
    slow_job first;
    bool second_ran = false;
    std::optional<result<void>> done_first, done_second;
    asio::cancellation_signal stop_first, stop_second;
    asio::co_spawn(here, run_one(over, here.get_executor(), first.job(), done_first),
                   asio::bind_cancellation_slot(stop_first.slot(), [&](std::exception_ptr) {
                       CHECK(first.ended);  // it may refer to what the caller holds
                   }));
    asio::co_spawn(here,
                   run_one(
                       over, here.get_executor(), [&] { second_ran = true; }, done_second),
                   asio::bind_cancellation_slot(stop_second.slot(), asio::detached));
    here.poll();
    first.begun.get_future().wait();
    asio::post(here, [&] { stop_second.emit(asio::cancellation_type::terminal); });
    here.poll();
    REQUIRE(done_second);
    CHECK(done_second->error() == errc::cancelled);
    asio::post(here, [&] {
        first.may_end.set_value();
        stop_first.emit(asio::cancellation_type::terminal);
    });
    here.poll();
    here.run();
    REQUIRE(done_first);
    CHECK_FALSE(second_ran);
}

TEST_CASE("after stopping no job runs, all callers return, and later jobs are refused") {
    asio::io_context here(1);
    io::workers over(1);
    slow_job first;
    std::atomic<bool> second_ran = false;
    bool third_ran = false;
    std::optional<result<void>> done_first, done_second, done_third;
    asio::co_spawn(here, run_one(over, here.get_executor(), first.job(), done_first), asio::detached);
    asio::co_spawn(here,
                   run_one(
                       over, here.get_executor(), [&] { second_ran = true; }, done_second),
                   asio::detached);
    here.poll();
    first.begun.get_future().wait();
    std::thread later([&] { first.may_end.set_value(); });
    over.stop();
    later.join();
    CHECK(first.ended);
    const bool ran_before = second_ran;  // it may have had its turn before the workers were stopped
    asio::co_spawn(here,
                   run_one(
                       over, here.get_executor(), [&] { third_ran = true; }, done_third),
                   asio::detached);
    here.run();
    CHECK(done_first);
    CHECK(done_second);
    CHECK(second_ran == ran_before);
    REQUIRE(done_third);
    CHECK(done_third->error() == errc::cancelled);
    CHECK_FALSE(third_ran);
}

TEST_CASE("callers that are destroyed while their job runs") {
    auto here = std::make_unique<asio::io_context>(1);
    io::workers over(1);
    slow_job first;
    std::optional<result<void>> done;
    asio::co_spawn(*here, run_one(over, here->get_executor(), first.job(), done), asio::detached);
    here->poll();
    first.begun.get_future().wait();
    std::thread later([&] { first.may_end.set_value(); });
    here.reset();
    later.join();
    CHECK(first.ended);
    CHECK_FALSE(done);
}
