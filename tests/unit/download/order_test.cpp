// Whatever happens to parts, the reader gets every byte once and in order.
#include "fake_source.hpp"

using namespace download_test;

TEST_CASE("a whole file arrives in order over four lines, within the budget") {
    world w(20 * mib + 12345);
    byte_stream stream = w.open();
    CHECK(stream.size() == w.size);
    CHECK(w.source->log.empty());  // nothing before the first read
    w.sim.run(expect_all(stream, w.size));
    CHECK(w.source->opens == 4);
    CHECK(w.source->log.front().limit <= 128 * kib);  // the first bytes soon
    CHECK(w.budget.peak() <= w.budget.capacity());
}

TEST_CASE(
    "parts come back in random order, fail, flood, break and expire: order and bytes hold, for 300 seeds") {
    for (unsigned seed = 1; seed <= 300; ++seed) {
        CAPTURE(seed);
        std::mt19937 dice(seed);
        const std::int64_t size = 1 + static_cast<std::int64_t>(dice() % (2 * mib));
        const std::int64_t capacity = 64 * kib << dice() % 5;
        world w(size, capacity, 1 + static_cast<int>(dice() % 4));
        w.source->delay = [&](const asked&) { return duration(1ms) * (dice() % 400); };
        w.source->trouble = [&](const asked& what) -> failure {
            switch (dice() % 40) {
                case 0:
                    return rpc_failure(500, "RPC_CALL_FAIL");
                case 1:
                    return rpc_failure(420, "FLOOD_WAIT", 3);
                case 2:
                    return dice() % 3 ? failure() : failure(errc::connection_closed);
                case 3:
                    return what.version < 3 ? rpc_failure(400, "FILE_REFERENCE_EXPIRED") : failure();
                default:
                    return {};
            }
        };
        byte_stream stream = w.open();
        stream.use(window::sliding(1 + static_cast<int>(dice() % 4), 4, 64 * 1024));
        w.sim.run(expect_all(stream, size));
        CHECK(w.budget.peak() <= capacity);
    }
}

TEST_CASE("a file past 4 GiB: offsets keep all their bits") {
    world w(6 * gib + 777);
    byte_stream stream = w.open(4 * gib - 300'000, 4 * gib + 300'000);
    w.sim.run(expect_all(stream, 600'000));
    byte_stream tail = w.open(6 * gib + 1);
    w.sim.run(expect_all(tail, 776));
    tail.close();
    stream.close();
}

TEST_CASE("the slices that the reader gets are the source's own: no copy") {
    world w(3 * mib);
    std::map<std::int64_t, const std::byte*> sent;
    w.source->twist = [&](const asked& what, bytes data) {
        sent[what.offset] = data.data();
        return data;
    };
    byte_stream stream = w.open();
    w.sim.run([](byte_stream& from, std::map<std::int64_t, const std::byte*>& sent) -> io::awaitable<void> {
        while (const std::optional<chunk> part = co_await from.next())
            CHECK(part->data.data() == sent.at(part->offset));
    }(stream, sent));
}

TEST_CASE("an empty file and an empty range end at once and ask for nothing") {
    world w(0);
    byte_stream stream = w.open();
    w.sim.run(expect_all(stream, 0));
    CHECK(w.source->log.empty());
    byte_stream none;
    w.sim.run(expect_all(none, 0));
    CHECK(none.size() == 0);
}

namespace {

io::awaitable<void> read_slowly(byte_stream& from, io::timers& time, schedule::byte_budget& budget,
                                std::int64_t ahead) {
    for (;;) {
        const std::optional<chunk> part = co_await from.next();
        if (!part) co_return;
        CHECK(is_content(part->offset, part->data));
        CHECK(budget.held() <= ahead);
        co_await time.sleep_for(3s);
        // All that may be held has long arrived: nothing is under way, and the budget is used to the full.
        CHECK(budget.held() <= ahead);
    }
}

}  // namespace

TEST_CASE("back-pressure: a slow reader holds the download back at its read-ahead, exactly") {
    world w(8 * mib);
    byte_stream stream = w.open(0, -1, 1 * mib);
    stream.use(window::sliding(8, 4, 128 * 1024));
    w.sim.run(read_slowly(stream, w.sim.time(), w.budget, 1 * mib));
    CHECK(w.source->most_under_way <= 1 * mib);
    CHECK(w.budget.peak() == 1 * mib);
}

TEST_CASE("a reader that stands still: nothing is asked for once the window is full") {
    world w(64 * mib, 4 * mib);
    byte_stream stream = w.open();
    w.sim.run([](byte_stream& from, io::timers& time, fake_source& source) -> io::awaitable<void> {
        co_await from.next();
        co_await time.sleep_for(1min);
        const std::size_t requests = source.log.size();
        CHECK(source.under_way == 0);
        co_await time.sleep_for(1h);
        CHECK(source.log.size() == requests);
    }(stream, w.sim.time(), *w.source));
    CHECK(w.budget.held() > 3 * mib);
}

TEST_CASE("however many idle streams fill a budget, one more is served") {
    // The parts in the hands of 16 readers are a megabyte by themselves, and nobody can take those back.
    for (int idle = 1; idle <= 15; ++idle) {
        CAPTURE(idle);
        world w(2 * mib, 1 * mib);
        std::vector<byte_stream> others;
        for (int i = 0; i < idle; ++i) {
            w.sim.run([](byte_stream& from, io::timers& time) -> io::awaitable<void> {
                co_await from.next();
                co_await time.sleep_for(10s);
            }(others.emplace_back(w.open()), w.sim.time()));
        }
        byte_stream busy = w.open();
        w.sim.run(expect_all(busy, w.size));
        CHECK(w.budget.peak() <= w.budget.capacity());
    }
}

TEST_CASE("two streams share one budget: neither starves, and it is never exceeded") {
    for (unsigned seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        std::mt19937 dice(seed);
        world w(6 * mib, 1 * mib);
        w.source->delay = [&](const asked&) { return duration(1ms) * (5 + dice() % 100); };
        byte_stream idle = w.open();
        byte_stream busy = w.open();
        // The first one fills the budget and is then not read.
        w.sim.run([](byte_stream& from, io::timers& time) -> io::awaitable<void> {
            co_await from.next();
            co_await time.sleep_for(10s);
        }(idle, w.sim.time()));
        CHECK(w.budget.held() > 700 * kib);
        w.sim.run(expect_all(busy, w.size));
        w.sim.run([](byte_stream& from) -> io::awaitable<void> {
            const std::int64_t rest = from.size() - from.position();
            const std::int64_t got = co_await read_all(from);
            CHECK(got == rest);
        }(idle));
        CHECK(w.budget.peak() <= w.budget.capacity());
        CHECK(w.source->most_under_way <= w.budget.capacity());
    }
}
