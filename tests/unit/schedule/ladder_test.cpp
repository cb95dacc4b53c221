// How many connections are worth having.
#include "schedule/connection_ladder.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace mtproto;
using namespace mtproto::schedule;
using namespace std::chrono_literals;

namespace {

/// A stream over connections of `each` bytes a second and at most `all` together, for so long; a part each 10
/// ms.
struct ladder_stream {
    connection_ladder ladder{8};
    time_point now{1h};
    double each = 6e6;
    double all = 1e9;
    duration rtt = 50ms;
    bool free = true;

    int run(duration time) {
        for (const time_point end = now + time; now < end; now += 10ms) {
            const int carrying = ladder.wanted();
            ladder.on_part(carrying, std::min(each * carrying, all), free, rtt, now);
        }
        return ladder.wanted();
    }
};

}  // namespace

TEST_CASE("four connections at first, and twice as many when the first part is here") {
    ladder_stream s;
    CHECK(s.ladder.wanted() == 4);
    CHECK(s.run(10ms) == 8);
    CHECK(s.run(1h) == 8);
}

TEST_CASE("over long paths the next step takes four round trips") {
    ladder_stream s;
    s.ladder = connection_ladder(16);
    s.rtt = 300ms;
    CHECK(s.run(20ms) == 8);
    CHECK(s.run(1160ms) == 8);
    CHECK(s.run(60ms) == 16);
}

TEST_CASE("a step that brings nothing is taken back, and then one at a time is tried, ever more rarely") {
    ladder_stream s;
    s.all = 24e6;  // four are enough
    CHECK(s.run(60ms) == 8);
    CHECK(s.run(2s) == 4);
    int tries = 0;
    int before = 4;
    int most = 0;
    for (int i = 0; i < 36'000; ++i) {
        const int now = s.run(100ms);
        if (now > before) ++tries;
        most = std::max(most, now);
        before = now;
    }
    CHECK(tries >= 3);
    CHECK(tries <= 40);
    CHECK(most == 5);
}

TEST_CASE("while the reader or a flood rule sets the rate, nothing changes") {
    ladder_stream s;
    s.free = false;
    CHECK(s.run(1h) == 4);
}

TEST_CASE("the server closes the connection that was opened last: fewer, for long") {
    ladder_stream s;
    CHECK(s.run(60ms) == 8);
    for (int c = 4; c < 8; ++c)
        s.ladder.on_up(c, s.now);
    s.now += 100ms;
    s.ladder.on_lost(7, 7, s.now);
    CHECK(s.ladder.wanted() == 7);
    for (int c = 6; c >= 4; --c)
        s.ladder.on_lost(c, c, s.now);
    CHECK(s.ladder.wanted() == 4);
    CHECK(s.run(9s) == 4);
}

TEST_CASE("a connection that dies of old age, or with all others, says nothing of their number") {
    ladder_stream s;
    s.run(2s);
    for (int c = 0; c < 8; ++c)
        s.ladder.on_up(c, s.now);
    s.now += 1min;
    s.ladder.on_lost(3, 7, s.now);
    CHECK(s.ladder.wanted() == 8);
    s.ladder.on_up(3, s.now);
    s.ladder.on_lost(3, 0, s.now);
    CHECK(s.ladder.wanted() == 8);
}

TEST_CASE("never more than the caller allows") {
    ladder_stream s;
    s.ladder = connection_ladder(2);
    CHECK(s.ladder.wanted() == 2);
    CHECK(s.run(1min) == 2);
    CHECK(connection_ladder(0).wanted() == 1);
    CHECK(connection_ladder(1000).wanted() == 4);
}
