// The minute after which a download stands still, counted without a scheduler.
#include "schedule/stall_watch.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::schedule;
using namespace std::chrono_literals;
using verdict = stall_watch::verdict;

namespace {

constexpr time_point start{1h};

stall_watch waiting() {
    stall_watch made;
    made.restart(start);
    made.awaits(start, true);
    return made;
}

}  // namespace

TEST_CASE(
    "stall watch: other addresses are looked for after 35 s and each 10 s, and the end is after a minute") {
    stall_watch watch = waiting();
    CHECK(watch.due() == start + 35s);
    CHECK(watch.look(start + 35s - 1ms) == verdict::wait);
    CHECK(watch.look(start + 35s) == verdict::look_elsewhere);
    CHECK(watch.look(start + 35s) == verdict::wait);  // asked for once
    CHECK(watch.due() == start + 45s);
    CHECK(watch.look(start + 45s) == verdict::look_elsewhere);
    CHECK(watch.look(start + 55s) == verdict::look_elsewhere);
    CHECK(watch.look(start + 60s) == verdict::over);
    CHECK(watch.look(start + 61s) == verdict::over);  // until somebody acts on it
}

TEST_CASE("stall watch: time in which nothing is awaited does not count") {
    stall_watch watch = waiting();
    watch.awaits(start + 30s, false);
    CHECK_FALSE(watch.due());
    CHECK(watch.look(start + 10min) == verdict::wait);
    watch.awaits(start + 10min, true);
    CHECK(watch.due() == start + 10min + 5s);
}

TEST_CASE("stall watch: it counts anew from the end of an announced wait") {
    stall_watch watch = waiting();
    watch.excuse(start + 59s, start + 100s);
    CHECK(watch.look(start + 99s) == verdict::wait);
    CHECK(watch.due() == start + 135s);
    watch.excuse(start + 110s, start + 100s);  // told once more
    CHECK(watch.due() == start + 135s);
}

TEST_CASE("stall watch: bytes begin it anew, and slow parts make it longer") {
    stall_watch watch = waiting();
    watch.came(start + 50s, 50s);
    CHECK(watch.look(start + 50s + 99s) != verdict::over);
    CHECK(watch.look(start + 50s + 100s) == verdict::over);
}

TEST_CASE("stall watch: other addresses get the rest of the minute") {
    stall_watch watch = waiting();
    watch.went_elsewhere(start + 55s);
    CHECK(watch.look(start + 79s) != verdict::over);
    CHECK(watch.look(start + 80s) == verdict::over);
}
