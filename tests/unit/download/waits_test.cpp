// What a stream waits for is told in its progress; a flood wait longer than the bound ends it.
#include "fake_source.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

using namespace download_test;

namespace {

struct report {
    time_point at;
    progress what;
};

/// Floods once, from `offset` on.
std::function<failure(const asked&)> flood_once(std::int64_t offset, int seconds) {
    return [=, done = false](const asked& what) mutable {
        if (done || what.offset < offset) return failure();
        done = true;
        return rpc_failure(420, "FLOOD_WAIT", seconds);
    };
}

struct told_world : world {
    explicit told_world(std::int64_t size) : world(size) {}

    byte_stream open_told() {
        return open(0, -1, 0, [this](const progress& one) { reports.push_back({sim.time().now(), one}); });
    }
    /// Those between two reports without a wait, as kinds.
    std::vector<report> waits(wait_kind kind) const {
        std::vector<report> found;
        for (const report& each : reports)
            if (each.what.wait && each.what.wait->kind == kind) found.push_back(each);
        return found;
    }
    failure failure_of(byte_stream& stream) {
        failure met;
        sim.run([](byte_stream& from, failure& into) -> io::awaitable<void> {
            try {
                co_await read_all(from);
            } catch (const error& thrown) {
                into = thrown.info();
            }
        }(stream, met));
        return met;
    }

    std::vector<report> reports;
};

}  // namespace

TEST_CASE(
    "a stream tells of a flood wait when the reader meets with it, each second, and when bytes come again") {
    told_world w(20 * mib);
    w.source->trouble = flood_once(5 * mib, 600);
    byte_stream stream = w.open_told();
    w.sim.run(expect_all(stream, w.size));
    const std::vector<report> floods = w.waits(wait_kind::flood);
    REQUIRE(floods.size() >= 500);
    const wait_info& first = *floods.front().what.wait;
    CHECK(first.end.value() - first.begin == 600s);
    CHECK(floods.front().at - first.begin < 1s);
    for (std::size_t i = 1; i < floods.size(); ++i) {
        CHECK(floods[i].at - floods[i - 1].at <= 1100ms);
        CHECK(*floods[i].what.wait == first);
        CHECK_FALSE(floods[i].what.time_left().has_value());
    }
    CHECK(floods.back().at >= *first.end - 2s);
    CHECK(floods.back().what.rate < 1000);
    CHECK_FALSE(w.reports.back().what.wait.has_value());
}

TEST_CASE("nothing for five seconds is silence, told each second") {
    told_world w(20 * mib);
    w.source->delay = [](const asked& what) {
        return what.offset < 4 * mib ? duration(50ms) : duration(20s);
    };
    byte_stream stream = w.open_told();
    w.sim.run(expect_all(stream, w.size));
    const std::vector<report> silences = w.waits(wait_kind::silence);
    REQUIRE(silences.size() >= 20);
    CHECK(silences.front().at - silences.front().what.wait->begin >= 5s);
    CHECK(silences.front().at - silences.front().what.wait->begin < 6500ms);
    CHECK_FALSE(w.reports.back().what.wait.has_value());
}

TEST_CASE("an outage of the lines is told before silence") {
    told_world w(20 * mib);
    w.source->delay = [&](const asked& what) {
        if (what.offset < 4 * mib) return duration(50ms);
        wait_info outage;
        outage.kind = wait_kind::outage;
        outage.dc = 4;
        outage.begin = w.sim.time().now();
        outage.end = w.sim.time().now() + 4s;
        w.source->wait_of_connections = outage;
        return duration(4s);
    };
    byte_stream stream = w.open_told();
    w.sim.run([](byte_stream& from) -> io::awaitable<void> {
        while (from.position() < 6 * mib && co_await from.next()) {
        }
    }(stream));
    const std::vector<report> outages = w.waits(wait_kind::outage);
    REQUIRE_FALSE(outages.empty());
    CHECK(outages.front().what.wait->dc == 4);
    CHECK(w.waits(wait_kind::silence).empty());
}

TEST_CASE("a stream that flows, or is paused, tells of no wait") {
    told_world w(20 * mib);
    byte_stream stream = w.open_told();
    w.sim.run([](byte_stream& from, io::simulation& sim) -> io::awaitable<void> {
        for (int i = 0; i < 3; ++i)
            co_await from.next();
        from.pause();
        boost::asio::co_spawn(
            sim.executor(),
            [](byte_stream& paused, io::timers& time) -> io::awaitable<void> {
                co_await time.sleep_for(1h);
                paused.resume();
            }(from, sim.time()),
            boost::asio::detached);
        while (co_await from.next()) {
        }
    }(stream, w.sim));
    for (const report& each : w.reports)
        CHECK_FALSE(each.what.wait.has_value());
}

TEST_CASE("a flood wait longer than the bound ends the stream at once, and whoever comes within it") {
    told_world w(20 * mib);
    w.max_wait = 1h;
    w.source->trouble = flood_once(5 * mib, 3601);
    byte_stream stream = w.open_told();
    const failure met = w.failure_of(stream);
    CHECK(met.code == errc::rpc_error);
    CHECK(met.rpc_code == 420);
    CHECK(met.value == 3601);
    CHECK(w.waits(wait_kind::flood).empty());
    const duration took = w.sim.time().now().time_since_epoch();
    CHECK(took < 10s);
    const std::size_t asked_so_far = w.source->log.size();

    byte_stream another = w.open_told();
    CHECK(w.failure_of(another).rpc_code == 420);
    CHECK(w.source->log.size() == asked_so_far);

    // The rest is shorter than the bound: it is waited out.
    w.sim.run([](io::timers& time) -> io::awaitable<void> { co_await time.sleep_for(2s); }(w.sim.time()));
    byte_stream third = w.open_told();
    w.sim.run(expect_all(third, w.size));
    CHECK(w.source->log[asked_so_far].at.time_since_epoch() >= 3601s);
}

TEST_CASE("a flood wait as long as the bound is waited out by the stream") {
    told_world w(20 * mib);
    w.max_wait = 1h;
    w.source->trouble = flood_once(5 * mib, 3600);
    byte_stream stream = w.open();
    w.sim.run(expect_all(stream, w.size));
    CHECK(w.sim.time().now().time_since_epoch() >= 1h);
}

TEST_CASE("the longest flood wait there is ends a stream, and without a bound it is told in full") {
    constexpr int longest = 2'147'483'647;
    {
        told_world w(20 * mib);
        w.max_wait = 1h;
        w.source->trouble = flood_once(0, longest);
        byte_stream stream = w.open_told();
        CHECK(w.failure_of(stream).value == longest);
    }
    told_world w(20 * mib);
    w.source->trouble = flood_once(0, longest);
    byte_stream stream = w.open_told();
    boost::asio::co_spawn(
        w.sim.executor(),
        [](byte_stream& from) -> io::awaitable<void> {
            while (co_await from.next()) {
            }
        }(stream),
        boost::asio::detached);
    w.sim.run([](io::timers& time) -> io::awaitable<void> { co_await time.sleep_for(1h); }(w.sim.time()));
    const std::vector<report> floods = w.waits(wait_kind::flood);
    REQUIRE_FALSE(floods.empty());
    CHECK(*floods.back().what.wait->end - floods.back().what.wait->begin == std::chrono::seconds(longest));
    stream.close();
}

TEST_CASE("a stream that has asked for all it needs is not ended by another one's flood") {
    told_world w(mib);
    w.max_wait = 1h;
    w.source->delay = [](const asked&) { return duration(2s); };
    byte_stream stream = w.open_told();
    boost::asio::co_spawn(
        w.sim.executor(),
        [](world& here) -> io::awaitable<void> {
            co_await here.sim.time().sleep_for(1s);
            here.source->gate().flooded(here.sim.time().now(), 24h, here.sim.time().now(), 0);
        }(w),
        boost::asio::detached);
    w.sim.run(expect_all(stream, w.size));
    CHECK(w.sim.time().now().time_since_epoch() < 1min);
}

TEST_CASE("a read at another place tells of its wait in the stream's progress") {
    told_world w(20 * mib);
    w.source->trouble = flood_once(10 * mib, 30);
    byte_stream stream = w.open_told();
    w.sim.run([](byte_stream& from) -> io::awaitable<void> {
        std::vector<std::byte> into(1000);
        const std::size_t got = co_await from.read_at(12 * mib, into);
        CHECK(got == 1000);
    }(stream));
    REQUIRE_FALSE(w.waits(wait_kind::flood).empty());
    CHECK(w.waits(wait_kind::flood).front().what.total == w.size);
    CHECK_FALSE(w.reports.back().what.wait.has_value());
}
