// Threads that read, seek and interrupt while a coroutine fetches, against a model of the file.
#include "blocking/feed.hpp"

#include "unit/blocking/loop_thread.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <future>
#include <memory>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>
#include <thread>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;
using blocking::input_queue;
using test::loop_thread;
namespace asio = boost::asio;

namespace {

constexpr std::int64_t feed_size = 5'000'003;

std::byte byte_at(std::int64_t offset) {
    return static_cast<std::byte>((offset * 2654435761u) >> 13);
}

/// What a test arranges, and looks at.
struct script {
    std::atomic<std::int64_t> hangs_from{feed_size + 1};
    std::atomic<std::int64_t> fails_from{feed_size + 1};
    std::atomic<std::int64_t> fetched{0};
    std::atomic<int> cancelled{0};
    std::atomic<int> inputs{0};
};

class scripted_input final : public blocking::input {
  public:
    explicit scripted_input(script& with) : script_(with) { ++script_.inputs; }
    ~scripted_input() override { --script_.inputs; }

    asio::awaitable<std::optional<chunk>> next() override {
        asio::steady_timer pause(co_await asio::this_coro::executor);
        const bool hangs = position_ >= script_.hangs_from;
        pause.expires_after(hangs ? std::chrono::hours(1) : std::chrono::hours(0));
        try {
            co_await pause.async_wait(asio::use_awaitable);
        } catch (const boost::system::system_error&) {
            ++script_.cancelled;
            throw error(failure(errc::cancelled));
        }
        if (position_ >= script_.fails_from) throw error(failure(errc::rpc_error, "made to fail"));
        std::optional<chunk> made;
        if (position_ >= feed_size) co_return made;
        const std::int64_t count =
            std::min<std::int64_t>(1 + position_ * 7919 % 200'000, feed_size - position_);
        std::vector<std::byte> data(static_cast<std::size_t>(count));
        for (std::size_t i = 0; i < data.size(); ++i)
            data[i] = byte_at(position_ + static_cast<std::int64_t>(i));
        made.emplace();
        made->offset = position_;
        made->data = bytes::copy(byte_view(data));
        position_ += count;
        script_.fetched += count;
        co_return made;
    }
    void seek(std::int64_t offset) override { position_ = offset; }
    std::int64_t size() const override { return feed_size; }

  private:
    script& script_;
    std::int64_t position_ = 0;
};

std::shared_ptr<input_queue> feed_from(loop_thread& loop, script& with) {
    return blocking::feed(loop.executor(), 0, feed_size,
                          [&with] { return std::make_unique<scripted_input>(with); });
}

/// Reads and seeks by chance; how many bytes were not what they should be, and calls that failed.
int read_by_chance(input_queue& from, unsigned seed, int steps) {
    std::mt19937 chance(seed);
    std::vector<std::byte> into(100'000);
    std::int64_t at = 0;
    int wrong = 0;
    for (int step = 0; step < steps; ++step) {
        if (chance() % 4 == 0) {
            const bool near = chance() % 2 == 0;
            at = near ? at + static_cast<std::int64_t>(chance() % 300'000) : chance() % (feed_size + 1000);
            from.seek(at);
        }
        const auto count = from.read(byte_span(into).first(1 + chance() % into.size()));
        if (!count) return wrong + 1;
        if (*count == 0 && at < feed_size) ++wrong;
        for (std::size_t i = 0; i < *count; ++i)
            wrong += into[i] != byte_at(at + static_cast<std::int64_t>(i));
        at += static_cast<std::int64_t>(*count);
        if (from.position() != at) ++wrong;
    }
    return wrong;
}

/// A read in a thread of its own.
std::future<outcome<std::size_t>> read_apart(input_queue& from) {
    return std::async(std::launch::async, [&from] {
        std::array<std::byte, 100> into{};
        return from.read(into);
    });
}

template <class Condition>
bool soon(Condition holds) {
    for (int i = 0; i < 5000 && !holds(); ++i)
        std::this_thread::sleep_for(1ms);
    return holds();
}

}  // namespace

TEST_CASE("feed: random reads and seeks give the file's bytes, for 12 seeds") {
    for (unsigned seed = 1; seed <= 12; ++seed) {
        CAPTURE(seed);
        script with;
        loop_thread loop;
        const auto queue = feed_from(loop, with);
        CHECK(read_by_chance(*queue, seed, 300) == 0);
        queue->stop();
    }
}

TEST_CASE("feed: many readers on one executor, each in its own thread") {
    script with;
    loop_thread loop;
    std::vector<std::future<int>> readers;
    for (unsigned seed = 1; seed <= 4; ++seed)
        readers.push_back(std::async(std::launch::async, [&loop, &with, seed] {
            const auto queue = feed_from(loop, with);
            const int wrong = read_by_chance(*queue, seed, 100);
            queue->stop();
            return wrong;
        }));
    for (auto& each : readers)
        CHECK(each.get() == 0);
    CHECK(soon([&] { return with.inputs == 0; }));
}

TEST_CASE("feed: nothing is fetched before the first read, and not much more than is read") {
    script with;
    loop_thread loop;
    const auto queue = feed_from(loop, with);
    loop.run([] {});
    CHECK(with.fetched == 0);
    CHECK(read_apart(*queue).get().value() > 0);
    CHECK(soon([&] { return with.fetched >= (1 << 20); }));
    std::this_thread::sleep_for(20ms);
    CHECK(with.fetched <= (1 << 20) + 200'000 + 100);
    queue->stop();
}

TEST_CASE("feed: an interrupt ends a read that waits, and the stream goes on") {
    script with;
    with.hangs_from = 0;
    loop_thread loop;
    const auto queue = feed_from(loop, with);
    auto waiting = read_apart(*queue);
    CHECK(waiting.wait_for(20ms) == std::future_status::timeout);
    queue->interrupt(true);
    REQUIRE(waiting.wait_for(5s) == std::future_status::ready);
    CHECK(waiting.get().error().code == errc::cancelled);
    CHECK(with.cancelled == 0);
    queue->interrupt(false);
    auto again = read_apart(*queue);
    CHECK(again.wait_for(20ms) == std::future_status::timeout);
    with.hangs_from = feed_size + 1;
    queue->seek(100);  // cancels what hangs
    REQUIRE(again.wait_for(5s) == std::future_status::ready);
    CHECK(again.get().value() > 0);
    CHECK(with.cancelled == 1);
    queue->stop();
}

TEST_CASE("feed: a seek does not wait for what is under way elsewhere") {
    script with;
    with.hangs_from = 1'000'000;
    loop_thread loop;
    const auto queue = feed_from(loop, with);
    queue->seek(2'000'000);
    auto waiting = read_apart(*queue);
    CHECK(waiting.wait_for(20ms) == std::future_status::timeout);
    queue->seek(10);
    REQUIRE(waiting.wait_for(5s) == std::future_status::ready);
    CHECK(waiting.get().value() > 0);
    CHECK(with.cancelled == 1);
    queue->stop();
}

TEST_CASE("feed: a stop ends who reads and what is under way, and the input goes on its executor") {
    script with;
    with.hangs_from = 0;
    loop_thread loop;
    const auto queue = feed_from(loop, with);
    auto waiting = read_apart(*queue);
    CHECK(waiting.wait_for(20ms) == std::future_status::timeout);
    queue->stop();
    REQUIRE(waiting.wait_for(5s) == std::future_status::ready);
    CHECK(waiting.get().error().code == errc::cancelled);
    CHECK(soon([&] { return with.inputs == 0; }));
    CHECK(with.cancelled == 1);
}

TEST_CASE("feed: a failure is told after what came before it, and a seek begins anew") {
    script with;
    with.fails_from = 1;
    loop_thread loop;
    const auto queue = feed_from(loop, with);
    CHECK(read_apart(*queue).get().value() > 0);
    const auto failed = read_apart(*queue).get();
    REQUIRE_FALSE(failed.has_value());
    CHECK(failed.error().detail == "made to fail");
    with.fails_from = feed_size + 1;
    queue->seek(queue->position());
    CHECK(read_apart(*queue).get().value() > 0);
    queue->stop();
}

TEST_CASE("feed: what opening throws is what reading gives, whatever it is") {
    loop_thread loop;
    const auto refused = blocking::feed(loop.executor(), 0, 10, []() -> std::unique_ptr<blocking::input> {
        throw error(failure(errc::bad_argument, "no such range"));
    });
    CHECK(read_apart(*refused).get().error().detail == "no such range");
    const auto thrown = blocking::feed(loop.executor(), 0, 10, []() -> std::unique_ptr<blocking::input> {
        throw std::logic_error("of another kind");
    });
    CHECK_THROWS_WITH_AS(read_apart(*thrown).get(), "of another kind", std::logic_error);
    refused->stop();
    thrown->stop();
}

TEST_CASE("feed: an executor that is destroyed ends who reads, and may be left by the other side") {
    script with;
    std::shared_ptr<input_queue> reading;
    std::shared_ptr<input_queue> never_begun;
    std::future<outcome<std::size_t>> waiting;
    {
        loop_thread loop;
        with.hangs_from = 0;
        reading = feed_from(loop, with);
        waiting = read_apart(*reading);
        CHECK(waiting.wait_for(20ms) == std::future_status::timeout);
        loop.end();
        never_begun = feed_from(loop, with);
        CHECK(waiting.wait_for(20ms) == std::future_status::timeout);
    }
    REQUIRE(waiting.wait_for(5s) == std::future_status::ready);
    CHECK(waiting.get().error().code == errc::cancelled);
    CHECK(with.inputs == 0);
    for (const auto& each : {reading, never_begun}) {
        CHECK(read_apart(*each).get().error().code == errc::cancelled);
        each->seek(5);
        each->stop();
    }
}

TEST_CASE("feed: whoever reads on the executor is told") {
    script with;
    loop_thread loop;
    const auto queue = feed_from(loop, with);
    CHECK_FALSE(queue->would_wait_for_itself());
    CHECK(loop.run([&] { return queue->would_wait_for_itself(); }));
    queue->stop();
}
