// Each contestant reproduces what its original is known for, by the formula behind the figure.
#include "windows/contestants.hpp"

#include "sim/run.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace mtproto;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t mib = 1 << 20;
constexpr double mega = 1e6;

/// Lines without a rate of their own: the round trip alone decides.
sim::scenario round_trips(duration rtt, std::int64_t size) {
    sim::scenario made;
    made.rules.rtt = rtt;
    made.readers = {{size}};
    return made;
}

sim::report run(const sim::scenario& what, const std::string& name) {
    for (const bench::contestant& one : bench::contestants())
        if (one.name == name) return sim::run(what, one.make, one.pace);
    FAIL("no contestant has this name: ", name);
    return {};
}

double megabytes(const sim::report& got) {
    REQUIRE(got.complete());
    return got.goodput() / mega;
}

/// MB/s of `parts` of `size` bytes in each round trip.
double each_round_trip(int parts, std::int64_t size, double rtt) {
    return static_cast<double>(parts * size) / rtt / mega;
}

}  // namespace

TEST_CASE("one unpipelined request of 1 MiB a connection at 100 ms is about 10 MB/s") {
    const double got = megabytes(run(round_trips(100ms, 256 * mib), "one_by_one_1M"));
    CHECK(got == doctest::Approx(each_round_trip(1, mib, 0.1)).epsilon(0.03));
    CHECK(got > 9.5);
    CHECK(got < 10.6);
}

TEST_CASE("a script with one request of 512 KiB under way gets that in a round trip") {
    const double got = megabytes(run(round_trips(80ms, 128 * mib), "sequential"));
    CHECK(got == doctest::Approx(each_round_trip(1, mib / 2, 0.08)).epsilon(0.03));
}

TEST_CASE("WTelegramClient's two requests of 512 KiB bring 5 to 7 MB/s at usual round trips") {
    for (const auto rtt : {160ms, 200ms}) {
        const double got = megabytes(run(round_trips(rtt, 128 * mib), "two_of_512K"));
        CHECK(got == doctest::Approx(each_round_trip(2, mib / 2, std::chrono::duration<double>(rtt).count()))
                         .epsilon(0.05));
        CHECK(got > 5);
        CHECK(got < 7);
    }
}

TEST_CASE("gotd's four threads without pipelining bring four parts in a round trip") {
    const double got = megabytes(run(round_trips(150ms, 256 * mib), "unpipelined_4x512K"));
    CHECK(got == doctest::Approx(each_round_trip(4, mib / 2, 0.15)).epsilon(0.05));
    CHECK(got > 10);  // what users report of several unpipelined connections
    CHECK(got < 14.5);
}

TEST_CASE("a barrier waits for the round trip and the transfer of each batch") {
    sim::scenario what = round_trips(100ms, 256 * mib);
    what.rules.connection_rate = 6'000'000;
    const double got = megabytes(run(what, "barrier_4x1M"));
    const double batch = 0.1 + static_cast<double>(mib) / 6e6;
    CHECK(got == doctest::Approx(each_round_trip(4, mib, batch)).epsilon(0.03));
}

TEST_CASE("a barrier waits for the slowest part of each batch") {
    sim::scenario what = round_trips(20ms, 256 * mib);
    what.rules.slow = {0.02, 2s, 2s, 0};
    const sim::report got = run(what, "barrier_4x1M");
    // Of 64 batches about every 13th has a slow part; nothing hides it.
    CHECK(std::chrono::duration<double>(got.took).count() > 64 * 0.02 + 2 * 2.0);
}

TEST_CASE("a static interleave goes at the pace of its slowest connection, a sliding window does not") {
    sim::scenario what = round_trips(20ms, 256 * mib);
    what.rules.connection_rate = 6'000'000;
    what.faults = "at 1s on connection 2: freeze for 3s";
    const double fixed = megabytes(run(what, "interleave_8x2"));
    what.faults = {};
    const double before = megabytes(run(what, "interleave_8x2"));
    CHECK(before > 45);
    CHECK(fixed < before * 0.75);
}

TEST_CASE("mtcute's reorder buffer keeps three requests a connection under way") {
    const double got = megabytes(run(round_trips(300ms, 512 * mib), "reorder_8x3"));
    CHECK(got == doctest::Approx(each_round_trip(24, mib / 2, 0.3)).epsilon(0.05));
}

TEST_CASE("Telegram Desktop's controller reaches 50 to 60 MB/s on a good line, and 128 parts in flight") {
    sim::scenario what = round_trips(40ms, 1024 * mib);
    what.rules.connection_rate = 7'000'000;
    const double good_line = megabytes(run(what, "desktop"));
    CHECK(good_line > 50);
    CHECK(good_line < 60);
    // Its widest windows, 8 sessions of 16 parts of 128 KiB, in a round trip of 300 ms.
    const double far_away = megabytes(run(round_trips(300ms, 2048 * mib), "desktop"));
    CHECK(far_away == doctest::Approx(each_round_trip(128, mib / 8, 0.3)).epsilon(0.12));
    CHECK(far_away < each_round_trip(128, mib / 8, 0.3));
}

TEST_CASE("Telegram Desktop's controller begins with one session, and adds one at a time") {
    sim::scenario what = round_trips(100ms, 64 * mib);
    what.rules.connection_rate = 7'000'000;
    const sim::report got = run(what, "desktop");
    REQUIRE(got.connections.size() == 8);
    CHECK(std::is_sorted(got.connections.begin(), got.connections.end(),
                         [](const auto& a, const auto& b) { return a.count < b.count; }));
    CHECK(got.connections.front().count == 1);
}

TEST_CASE("a deadline picker asks again for late parts, and wastes what comes twice") {
    sim::scenario what = round_trips(20ms, 256 * mib);
    what.rules.connection_rate = 6'000'000;
    what.rules.slow = {0.01, 5s, 5s, 0};
    const sim::report plain = run(what, "sliding_4x8");
    const sim::report picker = run(what, "deadline_8x4");
    CHECK(picker.goodput() > plain.goodput() * 1.2);
    CHECK(picker.requests > plain.requests);
}

TEST_CASE("the naive window of 8 x 16 floods dozens of times where a careful one would not") {
    sim::scenario what = round_trips(80ms, 8192 * mib);
    what.rules.connection_rate = 6'000'000;
    what.rules.flood.bytes = {25'000'000, 50'000'000};
    const sim::report got = run(what, "naive_8x16");
    CHECK(got.flood_waits >= 24);
    CHECK(got.asked_early == 0);
    CHECK(got.share() < 0.5);
}

TEST_CASE("additive increase, multiplicative decrease: halved at a flood, and so much more in each second") {
    constexpr std::int64_t part = 512 * 1024;
    const auto pace = bench::aimd_pace({0.5, 0.25, 0.01});
    time_point now{1h};
    const auto ask_for = [&](duration time) {
        for (const time_point end = now + time; now < end; now = std::max(now + 10ms, pace->next()))
            pace->asked(now, part);
    };
    ask_for(3s);
    CHECK(pace->rate() == 0);
    const double flooded_at = static_cast<double>(part) / 0.01;
    pace->flooded(now);
    CHECK(pace->rate() == doctest::Approx(flooded_at / 2).epsilon(0.02));
    ask_for(10s);
    CHECK(pace->rate() == doctest::Approx(flooded_at * 0.6).epsilon(0.02));
    pace->flooded(now);
    CHECK(pace->rate() == doctest::Approx(flooded_at * 0.6 / 4).epsilon(0.02));
}
