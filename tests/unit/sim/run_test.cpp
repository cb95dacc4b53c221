// The simulator obeys arithmetic, and chance is the seed's.
#include "sim/run.hpp"

#include "base/seconds.hpp"
#include "windows/contestants.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t mib = 1 << 20;
constexpr std::int64_t mega = 1'000'000;

sim::scenario of(std::int64_t size) {
    sim::scenario made;
    made.readers = {{size}};
    return made;
}

sim::strategy_factory sliding(int in_flight, int connections, std::int32_t part = 512 * 1024) {
    return [=] { return window::sliding(in_flight, connections, part); };
}

}  // namespace

TEST_CASE("a connection brings what its rate allows") {
    sim::scenario one = of(64 * mib);
    one.rules.rtt = 20ms;
    one.rules.connection_rate = 6 * mega;
    const sim::report got = sim::run(one, sliding(4, 1));
    CHECK(got.complete());
    CHECK(got.bytes() == 64 * mib);
    CHECK(got.goodput() == doctest::Approx(6.0 * mega).epsilon(0.01));
    CHECK(got.wasted == 0);
    CHECK(got.most_connections() == 1);
}

TEST_CASE("eight connections bring eight times as much") {
    sim::scenario one = of(256 * mib);
    one.rules.rtt = 20ms;
    one.rules.connection_rate = 6 * mega;
    const sim::report got = sim::run(one, sliding(4, 8));
    CHECK(got.goodput() == doctest::Approx(48.0 * mega).epsilon(0.02));
    CHECK(got.limit == 48.0 * mega);
    CHECK(got.budget_peak <= one.budget);
}

TEST_CASE("one part at a time takes a round trip and its transfer") {
    sim::scenario one = of(512 * mib);
    one.rules.rtt = 100ms;
    one.rules.connection_rate = 20 * mega;
    const sim::report got = sim::run(one, sliding(1, 1, 1 << 20));
    const double expected = mib / (0.1 + static_cast<double>(mib) / (20.0 * mega));
    CHECK(got.goodput() == doctest::Approx(expected).epsilon(0.02));
}

TEST_CASE("the budget in a round trip is a limit") {
    sim::scenario one = of(256 * mib);
    one.rules.rtt = 200ms;
    one.budget = 4 * mib;
    const sim::report got = sim::run(one, sliding(16, 4));
    CHECK(got.limit == doctest::Approx(4.0 * mib / 0.2));
    CHECK(got.share() == doctest::Approx(1.0).epsilon(0.05));
    CHECK(got.budget_peak <= one.budget);
}

TEST_CASE("an account's rate is shared by its connections") {
    sim::scenario one = of(128 * mib);
    one.rules.rtt = 20ms;
    one.rules.connection_rate = 6 * mega;
    one.rules.account_rate = 25 * mega;
    const sim::report got = sim::run(one, sliding(4, 8));
    CHECK(got.goodput() == doctest::Approx(25.0 * mega).epsilon(0.02));
}

TEST_CASE("whoever asks for more than the bucket gives is told to wait, and then waits") {
    sim::scenario one = of(256 * mib);
    one.rules.rtt = 20ms;
    one.rules.connection_rate = 6 * mega;
    one.rules.flood.bytes = {25 * mega, 50 * mega};
    const sim::report got = sim::run(one, sliding(4, 8));
    CHECK(got.complete());
    CHECK(got.flood_waits >= 1);
    CHECK(got.flood_answers >= got.flood_waits);
    CHECK(got.asked_early == 0);
    CHECK(got.goodput() < 25.0 * mega);
    one.rules.flood.bytes.rate = 50 * mega;
    CHECK(sim::run(one, sliding(4, 8)).flood_waits == 0);
}

TEST_CASE("the limit of a scenario knows every flood rule") {
    sim::scenario one = of(1000 * mega);
    one.rules.rtt = 20ms;
    one.rules.connection_rate = 100 * mega;
    one.rules.flood.window = {250 * mega, 10s};
    CHECK(one.limit() == 25.0 * mega);
    one.rules.flood.connection_bytes = {3 * mega, 6 * mega};
    CHECK(one.limit() == 24.0 * mega);
    one.rules.flood.requests = {10, 10};
    CHECK(one.limit() == 10.0 * mib);
    one.rules.flood = {};
    one.rules.flood.bytes = {20 * mega, 1};
    one.rules.flood.change = {25s, 50 * mega};
    CHECK(one.limit() == doctest::Approx(1000.0 * mega / 35));
    one.rules.flood.change.after = 60s;
    CHECK(one.limit() == 20.0 * mega);
}

TEST_CASE("a connection that exceeds its own bucket has the whole account wait") {
    sim::scenario one = of(64 * mib);
    one.rules.rtt = 20ms;
    one.rules.flood.connection_bytes = {4 * mega, 8 * mega};
    const sim::report got = sim::run(one, sliding(2, 4));
    CHECK(got.complete());
    CHECK(got.flood_waits > 0);
    CHECK(got.asked_early == 0);
}

TEST_CASE("one connection too many is ended with -429, and the others go on") {
    sim::scenario one = of(128 * mib);
    one.rules.rtt = 20ms;
    one.rules.connection_rate = 6 * mega;
    one.rules.most_connections = 4;
    const sim::report got = sim::run(one, sliding(4, 8));
    CHECK(got.complete());
    CHECK(got.kills > 0);
    CHECK(got.limit == 24.0 * mega);
}

TEST_CASE("a connection that dies is found out and opened anew") {
    sim::scenario one = of(128 * mib);
    one.rules.rtt = 20ms;
    one.rules.connection_rate = 6 * mega;
    one.faults = "at 1s on connection 2: silence";
    const sim::report got = sim::run(one, sliding(4, 4));
    CHECK(got.complete());
    CHECK(seconds(got.took) > 128.0 * mib / (24.0 * mega) + 1);
    CHECK(seconds(got.took) < 128.0 * mib / (24.0 * mega) + 8);
}

TEST_CASE("a player stalls when its rate is more than the line gives, and not otherwise") {
    sim::scenario one = of(16 * mib);
    one.rules.rtt = 20ms;
    one.rules.connection_rate = mega;
    one.readers[0].rate = 2 * mega;
    one.readers[0].buffer = 1s;
    const sim::report slow = sim::run(one, sliding(2, 1, 128 * 1024));
    CHECK(slow.complete());
    // All comes in size / 1 MB/s, and is played in half of that.
    CHECK(seconds(slow.stalled()) == doctest::Approx(16.0 * mib / (2.0 * mega) - 2).epsilon(0.1));
    one.rules.connection_rate = 4 * mega;
    const sim::report fast = sim::run(one, sliding(2, 1, 128 * 1024));
    CHECK(fast.stalled() == 0s);
    CHECK(fast.readers[0].stalls == 0);
}

TEST_CASE("several readers share lines, budget and flood gate") {
    sim::scenario one = of(64 * mib);
    one.rules.rtt = 50ms;
    one.rules.connection_rate = 6 * mega;
    one.readers = {{64 * mib}, {64 * mib}, {64 * mib}};
    const sim::report got = sim::run(one, sliding(4, 8));
    CHECK(got.complete());
    CHECK(got.most_connections() == 8);
    CHECK(got.budget_peak <= one.budget);
    CHECK(got.share() > 0.9);
    for (const sim::reader_report& each : got.readers)
        CHECK(each.goodput() > 12.0 * mega);
}

TEST_CASE("the same seed gives the same run, another one another") {
    sim::scenario one = of(64 * mib);
    one.rules.rtt = 50ms;
    one.rules.jitter = 20ms;
    one.rules.connection_rate = 6 * mega;
    one.rules.loss = 1e-5;
    one.rules.slow.probability = 0.05;
    const sim::report first = sim::run(one, sliding(2, 4));
    const sim::report again = sim::run(one, sliding(2, 4));
    CHECK(first.complete());
    CHECK(first.took == again.took);
    CHECK(first.requests == again.requests);
    one.seed = 2;
    CHECK(sim::run(one, sliding(2, 4)).took != first.took);
}

TEST_CASE("a slow part that is dropped while the server is at work on it is not sent") {
    sim::scenario one = of(256 * mib);
    one.rules.rtt = 20ms;
    one.rules.connection_rate = 6 * mega;
    const auto picker = [] { return bench::deadline_picker(8, 4, 512 * 1024, 1500ms); };
    const sim::report plain = sim::run(one, picker);
    one.rules.slow = {0.01, 5s, 5s, 0};
    const sim::report got = sim::run(one, picker);
    CHECK(got.complete());
    CHECK(got.requests > plain.requests);  // the slow ones were asked for again
    CHECK(got.wasted == 0);
}

TEST_CASE(
    "the first byte comes after a round trip and its part's transfer, and a connection costs one more") {
    sim::scenario one = of(8 * mib);
    one.rules.rtt = 80ms;
    one.rules.connection_rate = 6 * mega;
    const double transfer = 128.0 * 1024 / (6.0 * mega);
    CHECK(seconds(sim::run(one, sliding(4, 8)).first_byte()) ==
          doctest::Approx(2 * 0.08 + transfer).epsilon(0.01));
    one.warm = true;
    CHECK(seconds(sim::run(one, sliding(4, 8)).first_byte()) ==
          doctest::Approx(0.08 + transfer).epsilon(0.01));
}
