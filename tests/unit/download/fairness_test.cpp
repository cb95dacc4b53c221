// Streams that share lines: each gets its part of the bandwidth, and who begins does not wait behind the
// others' queues.
#include "shared_world.hpp"

#include <array>
#include <deque>
#include <map>
#include <random>

using namespace download_test;

namespace {

/// Four lines that carry 1 MiB/s each, answer by answer, after a round trip of 80 ms. Budget: 32 MiB.
class slow_lines : public shared_world {
  public:
    explicit slow_lines(std::int64_t capacity = 32 * mib) : shared_world(gib, capacity) {
        source->delay = [this](const asked& one) {
            time_point& free = free_[one.connection];
            free = std::max(free, one.at + 80ms) +
                   std::chrono::nanoseconds(std::int64_t{one.limit} * 1'000'000'000 / mib);
            return free - one.at;
        };
    }

    struct reading {
        byte_stream stream;
        std::vector<arrival> parts;

        std::int64_t between(duration from, duration to) const {
            std::int64_t total = 0;
            for (const arrival& one : parts)
                if (one.when >= from && one.when < to) total += one.bytes;
            return total;
        }
    };
    /// A stream of a document of its own, read as fast as it comes.
    reading& add(int weight = schedule::usual_weight) {
        download::reader_options how;
        how.weight = weight;
        reading& made = all_.emplace_back();
        made.stream = open(std::move(how), static_cast<std::int64_t>(all_.size()));
        made.stream.use(window::sliding(4, 4, 256 * 1024));
        read_in_background(made.stream, made.parts);
        return made;
    }

  private:
    std::map<int, time_point> free_;
    std::deque<reading> all_;
};

double ratio(std::int64_t a, std::int64_t b) {
    return static_cast<double>(a) / static_cast<double>(b);
}

}  // namespace

TEST_CASE("two streams get a half of the bandwidth each, also when one began long before the other") {
    slow_lines w;
    const auto& first = w.add();
    w.pass(2s);
    const auto& second = w.add();
    w.pass(12s);
    const std::int64_t a = first.between(4s, 14s);
    const std::int64_t b = second.between(4s, 14s);
    CHECK(ratio(a, b) == doctest::Approx(1).epsilon(0.08));
    CHECK(a + b >= 38 * mib);  // of 40: the lines are busy
}

TEST_CASE("a stream of four times the weight gets four times the bandwidth") {
    slow_lines w;
    const auto& first = w.add(40);
    const auto& second = w.add(10);
    w.pass(12s);
    const std::int64_t a = first.between(2s, 12s);
    const std::int64_t b = second.between(2s, 12s);
    CHECK(ratio(a, b) == doctest::Approx(4).epsilon(0.1));
    CHECK(a + b >= 38 * mib);
}

TEST_CASE("a stream that is paused gets nothing, and the other all; resumed, it gets its half again") {
    slow_lines w;
    auto& first = w.add();
    const auto& second = w.add();
    w.pass(2s);
    first.stream.pause();
    w.pass(8s);
    CHECK(first.between(5s, 10s) == 0);
    CHECK(second.between(5s, 10s) >= 19 * mib);
    first.stream.resume();
    w.pass(8s);
    CHECK(ratio(first.between(12s, 18s), second.between(12s, 18s)) == doctest::Approx(1).epsilon(0.1));
}

TEST_CASE("a stream that begins among many has its first bytes soon") {
    slow_lines w;
    for (int i = 0; i < 12; ++i)
        w.add();
    w.pass(10s);
    const duration began = w.now();
    const auto& late = w.add();
    w.pass(3s);
    REQUIRE_FALSE(late.parts.empty());
    // 48 MiB are asked for, 12 s; what is in flight on the line is half a MiB and the part at its end.
    CHECK(late.parts.front().when - began <= 80ms + 900ms);
    CHECK(w.budget.peak() <= w.budget.capacity());
}

TEST_CASE("twelve streams of equal weight get alike") {
    slow_lines w;
    std::deque<const slow_lines::reading*> all;
    for (int i = 0; i < 12; ++i)
        all.push_back(&w.add());
    w.pass(20s);
    for (const auto* one : all) {
        const double share = ratio(one->between(5s, 20s), 15 * 4 * mib) * 12;
        CHECK(share > 0.75);
        CHECK(share < 1.25);
    }
}

TEST_CASE("a flood wait holds back what had only waited for its turn") {
    slow_lines w;
    duration until{0};
    w.source->trouble = [&](const asked& one) {
        if (one.at.time_since_epoch() >= 2s || one.at.time_since_epoch() <= 1s) return failure();
        until = w.now() + 5s;
        return rpc_failure(420, "FLOOD_WAIT", 5);
    };
    w.add();
    w.add();
    w.pass(4s);
    REQUIRE_FALSE(w.source->log.empty());
    const duration last = w.source->log.back().at.time_since_epoch();
    CHECK(last < 4s);
    w.pass(10s);
    for (const asked& one : w.source->log) {
        const duration at = one.at.time_since_epoch();
        CHECK((at <= last || at >= until));
    }
    CHECK(w.source->log.back().at.time_since_epoch() > 10s);
}

TEST_CASE("a read at another place goes over the line that is least busy") {
    slow_lines w;
    auto& busy = w.add();
    w.pass(100ms);  // the first parts are small: lines are unevenly busy
    std::map<int, std::int64_t> under_way;
    for (int line = 0; line < 4; ++line)
        under_way[line] = w.turns.in_flight(line);
    const std::size_t before = w.source->log.size();
    w.sim.run([](byte_stream& from) -> io::awaitable<void> {
        std::array<std::byte, 4096> into{};
        co_await from.read_at(500 * mib, into);
    }(busy.stream));
    for (std::size_t i = before; i < w.source->log.size(); ++i) {
        const asked& one = w.source->log[i];
        if (one.offset != 500 * mib) continue;
        CHECK(one.limit <= 64 * kib);
        for (const auto& [line, bytes] : under_way)
            CHECK(under_way[one.connection] <= bytes);
    }
}

namespace {

/// Plays 128 KiB a second from the first bytes on; tells the longest time for which the picture stood still.
io::awaitable<void> play(byte_stream& from, io::timers& time, duration& worst, int& playing) {
    time_point played{};
    for (int i = 0; i < 40; ++i) {
        const std::optional<chunk> part = co_await from.next();
        REQUIRE(part);
        if (i > 0) worst = std::max(worst, time.now() - played);
        played = std::max(time.now(), played) +
                 std::chrono::seconds(1) * static_cast<std::int64_t>(part->data.size()) / (128 * kib);
        co_await time.sleep_until(played);
    }
    --playing;
}

}  // namespace

TEST_CASE("24 players within a small budget, at three quarters of what the lines carry: none stands still") {
    slow_lines w(12 * mib);
    std::deque<byte_stream> streams;
    duration worst{0};
    int playing = 24;
    for (int i = 0; i < 24; ++i) {
        byte_stream& stream = streams.emplace_back(w.open({}, i));
        boost::asio::co_spawn(w.sim.executor(), play(stream, w.sim.time(), worst, playing),
                              boost::asio::detached);
    }
    w.pass(60s);
    CHECK(playing == 0);
    CHECK(worst <= 200ms);
    CHECK(w.budget.peak() <= w.budget.capacity());
}

namespace {

/// Reads on, and now and then seeks, pauses or waits a while; then to the end.
io::awaitable<void> wander(byte_stream& from, io::timers& time, unsigned seed, std::int64_t size, int& left) {
    std::mt19937 chance(seed);
    for (int i = 0; i < 30; ++i) {
        const std::optional<chunk> part = co_await from.next();
        if (!part) break;
        CHECK(is_content(part->offset, part->data));
        const auto what = chance() % 8;
        if (what == 0) from.seek(static_cast<std::int64_t>(chance() % static_cast<unsigned>(size)));
        if (what == 1) from.pause();
        if (what <= 3) co_await time.sleep_for(std::chrono::milliseconds(chance() % 1000));
        from.resume();
    }
    from.seek(size - 300 * kib);
    while (const std::optional<chunk> part = co_await from.next())
        CHECK(is_content(part->offset, part->data));
    --left;
}

}  // namespace

TEST_CASE("streams that seek, pause and wait by chance all come to their ends, however small the budget") {
    for (const std::int64_t capacity : {256 * kib, mib, 3 * mib}) {
        slow_lines w(capacity);
        std::deque<byte_stream> streams;
        int left = 16;
        for (unsigned i = 0; i < 16; ++i) {
            download::reader_options how;
            how.weight = i % 3 == 0 ? 40 : 10;
            byte_stream& stream =
                streams.emplace_back(w.open(std::move(how), i % 12));  // some share documents
            boost::asio::co_spawn(w.sim.executor(), wander(stream, w.sim.time(), i + 1, w.size, left),
                                  boost::asio::detached);
        }
        w.pass(300s);
        CHECK(left == 0);
        CHECK(w.budget.peak() <= w.budget.capacity());
        for (byte_stream& one : streams)
            one.close();
        w.sim.settle();
        for (int line = 0; line < 4; ++line)
            CHECK(w.turns.in_flight(line) == 0);
    }
}
