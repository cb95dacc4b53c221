// What the worker gets of the input, and when it hears of trouble.
#include "remux/bridge.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <array>
#include <chrono>
#include <memory>
#include <sched.h>
#include <string>
#include <thread>

using namespace mtproto;
using mtproto::remuxing::bridge;
using task = bridge::task;

namespace {

struct both_sides {
    boost::asio::io_context loop;
    std::unique_ptr<bridge> over = std::make_unique<bridge>(loop.get_executor(), 1000);

    void deliver(const std::string& text) {
        const auto todo = over->next_task();
        REQUIRE(todo.kind == task::fetch);
        over->input().push(todo.generation, bytes::copy(as_bytes(std::string_view(text))));
    }
    /// What one read gives; "refused" when it fails.
    std::string read(std::size_t most) {
        std::array<std::byte, 100> into{};
        const auto count = over->read(byte_span(into).first(most));
        return count ? std::string(as_text(byte_view(into).first(*count))) : "refused";
    }
};

}  // namespace

TEST_CASE("bridge: what came before the input failed is read first, then reading fails for good") {
    both_sides two;
    two.deliver("abcdef");
    two.over->input().fail(two.over->next_task().generation, failure(errc::rpc_error, "gone"));
    CHECK(two.over->next_task().kind == task::wait);
    CHECK(two.read(4) == "abcd");
    CHECK_FALSE(two.over->read_refused());
    CHECK(two.read(4) == "ef");
    CHECK(two.read(4) == "refused");
    CHECK(two.over->read_refused());
    CHECK_FALSE(two.over->stopped());
    two.over->seek(0);
    CHECK(two.read(4) == "refused");
    two.over->finish(failure(errc::remux_failed, "the file is damaged"));
    REQUIRE_FALSE(two.over->how_it_ended().has_value());
    CHECK(two.over->how_it_ended().error().detail == "gone");
}

TEST_CASE("bridge: a failure of what was read ahead does not matter where the worker does not read") {
    both_sides two;
    two.deliver("abcdef");
    two.over->input().fail(two.over->next_task().generation, failure(errc::rpc_error, "gone"));
    CHECK(two.read(2) == "ab");
    two.over->seek(500);
    CHECK(two.over->next_task().kind == task::seek);
    two.deliver("there");
    CHECK(two.read(100) == "there");

    const auto old = two.over->next_task();
    REQUIRE(old.kind == task::fetch);
    two.over->seek(10);
    two.over->input().fail(old.generation, failure(errc::rpc_error, "late"));
    CHECK(two.over->next_task().kind == task::seek);
    two.deliver("again");
    CHECK(two.read(100) == "again");

    two.over->input().fail(two.over->next_task().generation, failure(errc::rpc_error, "unread"));
    two.over->finish({});
    CHECK(two.over->how_it_ended().has_value());
}

TEST_CASE("bridge: an error of the worker's own is not taken for one of the input that it never met") {
    both_sides two;
    two.deliver("abcdef");
    two.over->input().fail(two.over->next_task().generation, failure(errc::rpc_error, "unread"));
    two.over->finish(failure(errc::io_failed, "the disk is full"));
    REQUIRE_FALSE(two.over->how_it_ended().has_value());
    CHECK(two.over->how_it_ended().error().code == errc::io_failed);
}

TEST_CASE("bridge: a worker whose read fails at the stop knows that this is not the end of the file") {
    // The two threads race. On one core the one that is woken mostly goes first.
    cpu_set_t before;
    REQUIRE(::sched_getaffinity(0, sizeof before, &before) == 0);
    cpu_set_t one;
    CPU_ZERO(&one);
    CPU_SET(static_cast<std::size_t>(::sched_getcpu()), &one);
    REQUIRE(::sched_setaffinity(0, sizeof one, &one) == 0);
    constexpr int times = 300;
    int known = 0;
    for (int i = 0; i < times; ++i) {
        both_sides two;
        std::thread worker([&] {
            CHECK(two.read(4) == "refused");
            known += two.over->read_refused() ? 1 : 0;
        });
        while (two.over->next_task().kind != task::fetch)
            std::this_thread::yield();
        std::this_thread::sleep_for(std::chrono::microseconds(100));  // until it waits
        two.over->stop();
        worker.join();
    }
    CHECK(known == times);
    CHECK(::sched_setaffinity(0, sizeof before, &before) == 0);
}
