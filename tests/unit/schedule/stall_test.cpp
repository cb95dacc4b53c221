// Downloads of which not a byte comes.
#include "picture.hpp"

#include <doctest/doctest.h>

using namespace schedule_test;

namespace {

/// Lets time pass in steps of a second, as ticks come; what was done meanwhile.
std::string wait(picture& p, duration time) {
    for (duration gone{}; gone < time; gone += 1s)
        p.pass(1s);
    return p.doings();
}

bool stalls(const std::string& doings) {
    return doings.find('#') != std::string::npos;
}

int looks(const std::string& doings) {
    return static_cast<int>(std::count(doings.begin(), doings.end(), '@'));
}

}  // namespace

TEST_CASE(
    "a download of which not a byte comes for a minute ends, though its connections say that they live") {
    picture p;
    p.got(0);
    p.doings();
    const std::string before = wait(p, 59s);
    CHECK(looks(before) == 3);  // other addresses may bring what these do not
    CHECK_FALSE(stalls(before));
    CHECK(before.find('?') != std::string::npos);  // and were all found alive
    CHECK(stalls(wait(p, 1s)));
    CHECK(p.machine->failed());
}

TEST_CASE("... also when no connection ever comes up") {
    picture::options how;
    how.up = false;
    picture p(how);
    CHECK_FALSE(stalls(wait(p, 59s)));
    CHECK(stalls(wait(p, 1s)));
}

TEST_CASE("a byte now and then is no stall") {
    picture p;
    for (int cell = 0; cell < 6; ++cell) {
        p.got(cell);
        CHECK_FALSE(stalls(wait(p, 50s)));
    }
}

TEST_CASE("a reader that does not read is no stall, nor is one that paused") {
    picture::options how;
    how.read_ahead_cells = 2;
    picture p(how);
    p.got(0);
    p.got(1);
    CHECK_FALSE(stalls(wait(p, 10min)));
    p.read_to(2);
    CHECK_FALSE(stalls(wait(p, 59s)));  // from when it read on
    p.pause();
    CHECK_FALSE(stalls(wait(p, 10min)));
    p.resume();
    CHECK(stalls(wait(p, 2s)));
}

TEST_CASE("errors 6: the minute begins when a flood wait is over") {
    picture p;
    p.got(0);
    p.flooded(1, 10min);
    CHECK_FALSE(stalls(wait(p, 10min + 59s)));
    CHECK(stalls(wait(p, 62s)));
}

TEST_CASE("errors 6: the minute begins when the wait is over that only the driver knows") {
    picture p;
    p.got(0);
    p.excuse(p.now + 10min);
    const std::string before = wait(p, 10min + 58s);
    CHECK(before.find('!') == std::string::npos);
    CHECK(wait(p, 62s).find('!') != std::string::npos);
}

TEST_CASE("what other addresses bring ends the wait, and they have time to do so") {
    picture p;
    p.got(0);
    wait(p, 58s);
    p.machine->went_elsewhere(p.now);
    p.doings();
    CHECK_FALSE(stalls(wait(p, 20s)));
    p.got(1);
    CHECK_FALSE(stalls(wait(p, 59s)));
}

TEST_CASE("on the slowest lines a part may take longer than a minute") {
    picture::options how;
    how.in_flight = 1;
    how.connections = 1;
    picture p(how);
    for (int cell = 0; cell < 4; ++cell) {
        CHECK_FALSE(stalls(wait(p, 58s)));
        p.got(cell);
    }
    CHECK_FALSE(stalls(wait(p, 100s)));
    CHECK(stalls(wait(p, 20s)));
}

TEST_CASE("a seek after the end has a minute of its own") {
    picture p;
    p.got(0);
    CHECK(stalls(wait(p, 60s)));
    p.seek(0);
    p.doings();
    CHECK_FALSE(stalls(wait(p, 59s)));
    CHECK(stalls(wait(p, 1s)));
}
