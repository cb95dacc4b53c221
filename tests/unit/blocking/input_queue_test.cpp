// The queue between the two sides, each called in turn: no thread waits here.
#include "blocking/input_queue.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

#include <array>
#include <memory>
#include <stdexcept>
#include <string>
#include <string_view>

using namespace mtproto;
using blocking::input_queue;
using task = input_queue::task;

namespace {

struct both_sides {
    explicit both_sides(std::int64_t begin = 0, std::int64_t end = 1000) : queue(bell, begin, end, 10) {
        queue.begin();
    }

    int rings = 0;
    boost::asio::io_context loop;
    std::shared_ptr<blocking::doorbell> bell =
        std::make_shared<blocking::doorbell>(loop.get_executor(), [this] { ++rings; });
    input_queue queue;

    void push(std::string_view text) {
        const auto todo = queue.next_task();
        REQUIRE(todo.kind == task::fetch);
        queue.push(todo.generation, bytes::copy(text));
    }
    void fail(const std::string& why) {
        queue.fail(queue.next_task().generation, failure(errc::rpc_error, why));
    }
    /// What one read gives, or why it fails.
    std::string read(std::size_t most) {
        std::array<std::byte, 100> into{};
        const outcome<std::size_t> count = queue.read(byte_span(into).first(most));
        return count ? std::string(as_text(byte_view(into).first(*count)))
                     : "failed: " + count.error().message();
    }
    /// How often the bell was heard since this was last asked.
    int heard() {
        loop.restart();
        loop.poll();
        return std::exchange(rings, 0);
    }
};

const std::string cancelled = "failed: " + failure(errc::cancelled).message();

}  // namespace

TEST_CASE("input_queue: nothing is to be fetched before somebody reads, seeks or begins") {
    boost::asio::io_context loop;
    const auto bell = std::make_shared<blocking::doorbell>(loop.get_executor(), [] {});
    input_queue sought(bell, 0, 1000, 10);
    CHECK(sought.next_task().kind == task::wait);
    sought.seek(5);
    CHECK(sought.next_task().kind == task::seek);
    CHECK(sought.next_task().kind == task::fetch);
    input_queue begun(bell, 0, 1000, 10);
    begun.begin();
    CHECK(begun.next_task().kind == task::fetch);
}

TEST_CASE("input_queue: it fetches until it is full, and again when there is room") {
    both_sides two;
    two.push("abcdef");
    two.push("ghijkl");
    CHECK(two.queue.next_task().kind == task::wait);
    two.bell->arm();
    CHECK(two.read(2) == "ab");
    CHECK(two.heard() == 0);
    CHECK(two.read(1) == "c");
    CHECK(two.heard() == 1);
    CHECK(two.queue.next_task().kind == task::fetch);
    CHECK(two.queue.position() == 3);
}

TEST_CASE("input_queue: the end comes after what was fetched before it, and a range has its own") {
    both_sides two(100, 200);
    CHECK(two.queue.position() == 100);
    two.push("xyz");
    two.queue.push(two.queue.next_task().generation, std::nullopt);
    CHECK(two.queue.next_task().kind == task::wait);
    CHECK(two.read(100) == "xyz");
    CHECK(two.read(100).empty());
    two.queue.seek(200);
    CHECK(two.read(100).empty());
    CHECK(two.queue.next_task().kind == task::wait);
    two.queue.seek(199);
    CHECK(two.queue.next_task().kind == task::seek);
    CHECK(both_sides(5, 5).read(100).empty());
}

TEST_CASE("input_queue: a seek inside what is here asks for nothing, another one forgets it") {
    both_sides two;
    two.push("abcdefgh");
    two.queue.seek(3);
    CHECK(two.queue.next_task().kind == task::fetch);
    CHECK(two.read(2) == "de");
    two.queue.seek(8);
    CHECK(two.queue.next_task().kind == task::fetch);
    const auto old = two.queue.next_task();
    two.queue.seek(7);
    CHECK_FALSE(two.queue.wants(old.generation));
    two.queue.push(old.generation, bytes::copy("i"));
    two.queue.push(old.generation, std::nullopt);
    two.queue.fail(old.generation, failure(errc::rpc_error));
    const auto todo = two.queue.next_task();
    CHECK(todo.kind == task::seek);
    CHECK(todo.offset == 7);
    two.push("hi");
    CHECK(two.read(100) == "hi");
}

TEST_CASE("input_queue: a failure comes after the bytes before it, again and again until a seek") {
    both_sides two;
    two.push("abc");
    two.fail("gone");
    CHECK(two.queue.next_task().kind == task::wait);
    CHECK(two.read(100) == "abc");
    CHECK(two.read(100).find("gone") != std::string::npos);
    CHECK(two.read(100).find("gone") != std::string::npos);
    two.queue.seek(0);
    CHECK(two.queue.next_task().kind == task::seek);
    two.push("abc");
    CHECK(two.read(100) == "abc");
}

TEST_CASE("input_queue: a seek to where it failed begins anew") {
    both_sides two;
    two.push("abc");
    two.fail("gone");
    CHECK(two.read(100) == "abc");
    two.queue.seek(3);
    CHECK(two.queue.next_task().kind == task::seek);
    two.push("def");
    CHECK(two.read(100) == "def");
}

TEST_CASE("input_queue: what a callback threw is thrown as it is") {
    both_sides two;
    two.queue.fail(two.queue.next_task().generation, failure(errc::cancelled),
                   std::make_exception_ptr(std::logic_error("of the callback")));
    CHECK_THROWS_WITH_AS(two.read(1), "of the callback", std::logic_error);
}

TEST_CASE("input_queue: interrupted reads fail until that is taken back, and nothing is lost") {
    both_sides two;
    two.push("abc");
    two.queue.interrupt(true);
    REQUIRE(two.read(100) == cancelled);
    CHECK(two.read(100) == cancelled);
    CHECK(two.queue.next_task().kind == task::fetch);
    two.queue.interrupt(false);
    CHECK(two.read(100) == "abc");
}

TEST_CASE("input_queue: a stop is for good, and an abandoned one posts nothing") {
    both_sides two;
    two.push("abc");
    const auto old = two.queue.next_task();
    two.bell->arm();
    two.queue.stop();
    CHECK(two.heard() == 1);
    CHECK(two.read(100) == cancelled);
    CHECK(two.queue.next_task().kind == task::stop);
    CHECK_FALSE(two.queue.wants(old.generation));
    two.bell->arm();
    two.queue.abandon();
    CHECK(two.heard() == 0);
    two.queue.seek(500);
    CHECK(two.read(100) == cancelled);
    CHECK(two.heard() == 0);
}

TEST_CASE("doorbell: it is heard once for each time that it was armed") {
    both_sides two;
    two.bell->ring();
    CHECK(two.heard() == 0);
    two.bell->arm();
    two.bell->ring();
    two.bell->ring();
    CHECK(two.heard() == 1);
    two.bell->ring();
    CHECK(two.heard() == 0);
    CHECK_FALSE(two.bell->is_heard_here());
}
