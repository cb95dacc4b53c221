// Reads at any place, seeks, and ends in the middle.
#include "fake_source.hpp"

#include <array>

using namespace download_test;

namespace {

io::awaitable<void> read_here(byte_stream& from, std::int64_t offset, std::size_t count,
                              std::size_t expected) {
    std::vector<std::byte> into(count, std::byte{0x5a});
    const std::size_t got = co_await from.read_at(offset, into);
    CHECK(got == expected);
    CHECK(is_content(offset, byte_view(into).first(got)));
    for (std::size_t i = got; i < count; ++i)
        REQUIRE(into[i] == std::byte{0x5a});  // not written beyond
}

}  // namespace

TEST_CASE("read_at is byte-exact for every alignment of both ends") {
    const std::int64_t size = 3 * mib + 1001;
    world w(size);
    byte_stream stream = w.open();
    for (const std::int64_t base : {std::int64_t{0}, 4096 * kib / 1024, 64 * kib, mib, 2 * mib, size - 8192})
        for (const std::int64_t shift : {-2, -1, 0, 1, 2, 511, 4095})
            for (const std::int64_t count : {1, 2, 4095, 4096, 4097, 70'000, 1'100'000}) {
                const std::int64_t at = base + shift;
                if (at < 0) continue;
                const std::int64_t left = std::max<std::int64_t>(size - at, 0);
                w.sim.run(read_here(stream, at, static_cast<std::size_t>(count),
                                    static_cast<std::size_t>(std::min(count, left))));
            }
    CHECK(stream.position() == 0);
}

TEST_CASE("read_at past the end gives nothing and asks for nothing") {
    world w(10'000);
    byte_stream stream = w.open();
    w.sim.run(read_here(stream, 10'000, 5, 0));
    w.sim.run(read_here(stream, std::int64_t{1} << 60, 5, 0));
    w.sim.run(read_here(stream, 5, 0, 0));
    CHECK(w.source->log.empty());
    w.sim.run(read_here(stream, 9'999, 5, 1));
}

TEST_CASE("ranges with odd ends give exactly their bytes") {
    world w(2 * mib + 5);
    std::mt19937 dice(3);
    for (int round = 0; round < 60; ++round) {
        const std::int64_t begin = static_cast<std::int64_t>(dice() % static_cast<unsigned>(w.size));
        const std::int64_t end =
            begin + static_cast<std::int64_t>(dice() % static_cast<unsigned>(w.size - begin + 1));
        byte_stream stream = w.open(begin, end);
        w.sim.run(expect_all(stream, end - begin));
    }
}

TEST_CASE("a read at another place does not move next() and shares the budget with it") {
    world w(8 * mib, 512 * kib);
    byte_stream stream = w.open();
    w.sim.run([](byte_stream& from) -> io::awaitable<void> {
        std::int64_t at = 0;
        for (int round = 0; at < from.size(); ++round) {
            const std::optional<chunk> part = co_await from.next();
            REQUIRE(part);
            REQUIRE(part->offset == at);
            CHECK(is_content(at, part->data));
            at += static_cast<std::int64_t>(part->data.size());
            if (round % 8 == 0) co_await read_here(from, from.size() - 5000, 3000, 3000);
        }
    }(stream));
    CHECK(w.budget.peak() <= w.budget.capacity());
}

TEST_CASE("seek: next() goes on from there, near or far, forward or back, for 40 seeds") {
    for (unsigned seed = 1; seed <= 40; ++seed) {
        CAPTURE(seed);
        world w(8 * mib + 99, 2 * mib);
        std::mt19937 dice(seed);
        w.source->delay = [&](const asked&) { return duration(1ms) * (1 + dice() % 50); };
        byte_stream stream = w.open();
        w.sim.run([](byte_stream& from, std::mt19937& dice) -> io::awaitable<void> {
            std::int64_t at = 0;
            for (int round = 0; round < 60; ++round) {
                if (dice() % 3 == 0) {
                    const std::int64_t near = at + static_cast<std::int64_t>(dice() % mib) - mib / 2;
                    const std::int64_t far =
                        static_cast<std::int64_t>(dice() % static_cast<unsigned>(from.size()));
                    at = std::clamp<std::int64_t>(dice() % 2 ? near : far, 0, from.size());
                    from.seek(at);
                    CHECK(from.position() == at);
                }
                const std::optional<chunk> part = co_await from.next();
                CHECK(part.has_value() == (at < from.size()));
                if (!part) continue;
                REQUIRE(part->offset == at);
                REQUIRE(is_content(at, part->data));
                at += static_cast<std::int64_t>(part->data.size());
            }
        }(stream, dice));
        CHECK(w.budget.peak() <= w.budget.capacity());
    }
}

TEST_CASE("a seek drops what was under way and no longer wanted") {
    world w(100 * mib);
    w.source->delay = [](const asked&) { return duration(1s); };
    byte_stream stream = w.open();
    w.sim.run([](byte_stream& from, io::timers& time, fake_source& source) -> io::awaitable<void> {
        co_await from.next();
        co_await time.sleep_for(100ms);
        const std::int64_t before = source.under_way;
        CHECK(before > 4 * mib);
        from.seek(90 * mib);
        co_await time.sleep_for(1ms);
        CHECK(source.cancelled >= 8);
        const std::optional<chunk> part = co_await from.next();
        CHECK(part->offset == 90 * mib);
        CHECK(time.now().time_since_epoch() == 2100ms);  // one round trip and not more
    }(stream, w.sim.time(), *w.source));
}

namespace {

io::awaitable<void> read_refused(byte_stream& from) {
    std::array<std::byte, 5> into{};
    failure met;
    try {
        co_await from.read_at(5, into);
    } catch (const error& thrown) {
        met = thrown.info();
    }
    CHECK(met.code == make_error_code(errc::cancelled));
}

}  // namespace

TEST_CASE("a read at a place of a stream that is closed meanwhile is no short read") {
    world w(10 * mib);
    byte_stream stream = w.open();
    bool ended = false;
    boost::asio::co_spawn(w.sim.executor(), read_refused(stream), [&](std::exception_ptr e) {
        CHECK_FALSE(e);
        ended = true;
    });
    w.sim.settle();
    stream.close();
    w.sim.settle();
    CHECK(ended);
}

TEST_CASE("a seek to the end of an unaligned range asks for nothing") {
    world w(10 * mib + 77);
    byte_stream stream = w.open();
    stream.seek(w.size);
    w.sim.run(expect_all(stream, 0));
    CHECK(w.source->log.empty());
    stream.seek(w.size - 1);
    w.sim.run(expect_all(stream, 1));
    const std::size_t asked_for = w.source->log.size();
    stream.seek(w.size);
    w.sim.run(expect_all(stream, 0));
    CHECK(w.source->log.size() == asked_for);
    byte_stream empty = w.open(5, 5);
    w.sim.run(expect_all(empty, 0));
    CHECK(w.source->log.size() == asked_for);
}

TEST_CASE("a closed stream ends, also for a reader that waits") {
    world w(10 * mib);
    byte_stream stream = w.open();
    boost::asio::co_spawn(w.sim.executor(), expect_all(stream, 0),
                          [](std::exception_ptr e) { CHECK_FALSE(e); });
    w.sim.settle();
    CHECK(w.source->under_way > 0);
    stream.close();
    w.sim.settle();
    CHECK(w.source->under_way == 0);
    CHECK(w.budget.held() == 0);
    w.sim.run(expect_all(stream, 0));
    w.sim.run(read_refused(stream));
    stream.seek(5);
    w.sim.run(expect_all(stream, 0));
}

TEST_CASE("a stream destroyed with parts under way, after any time, leaves nothing behind") {
    for (int ms = 0; ms < 80; ++ms) {
        CAPTURE(ms);
        world w(10 * mib);
        auto stream = std::make_unique<byte_stream>(w.open());
        boost::asio::co_spawn(
            w.sim.executor(),
            [](byte_stream& from) -> io::awaitable<void> {
                for (int i = 0; i < 4; ++i)
                    if (!co_await from.next()) co_return;
            }(*stream),
            [](std::exception_ptr e) { CHECK_FALSE(e); });
        w.sim.settle();
        for (int i = 0; i < ms; ++i) {
            w.sim.time().advance_by(1ms);
            w.sim.settle();
        }
        // The reading coroutine holds a reference to the stream, so the stream is closed before it goes.
        stream->close();
        w.sim.settle();
        stream.reset();
    }
}

TEST_CASE("a stream may be destroyed while somebody waits for next()") {
    world w(10 * mib);
    auto stream = std::make_unique<byte_stream>(w.open());
    bool ended = false;
    boost::asio::co_spawn(
        w.sim.executor(),
        [](byte_stream& from) -> io::awaitable<void> {
            const std::optional<chunk> part = co_await from.next();
            CHECK_FALSE(part);
        }(*stream),
        [&](std::exception_ptr e) {
            CHECK_FALSE(e);
            ended = true;
        });
    w.sim.settle();
    stream.reset();
    w.sim.settle();
    CHECK(ended);
}
