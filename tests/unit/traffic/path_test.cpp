// When packets arrive that go over a path with a delay and a rate.
#include "traffic/path.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::traffic;
using namespace std::chrono_literals;

namespace {

constexpr time_point path_start{};

}  // namespace

TEST_CASE("a path without rules brings packets at once") {
    path here({});
    CHECK(here.send(path_start, 1 << 20) == path_start);
    CHECK(here.send(path_start + 5ms, 1) == path_start + 5ms);
    CHECK(path_rules{}.instant());
    CHECK_FALSE(path_rules{1ms, 0}.instant());
}

TEST_CASE("a delay is shared by packets under way at the same time") {
    path here({50ms, 0});
    CHECK(here.send(path_start, 1000) == path_start + 50ms);
    CHECK(here.send(path_start + 1ms, 1000) == path_start + 51ms);
}

TEST_CASE("a rate lets packets through one after the other") {
    path here({0ms, 1000});
    CHECK(here.send(path_start, 500) == path_start + 500ms);
    CHECK(here.send(path_start, 500) == path_start + 1s);
    CHECK(here.idle_at() == path_start + 1s);
}

TEST_CASE("a path that was idle does not save up what it did not send") {
    path here({0ms, 1000});
    CHECK(here.send(path_start, 1000) == path_start + 1s);
    CHECK(here.send(path_start + 10s, 1000) == path_start + 11s);
}

TEST_CASE("delay and rate add up: the last byte leaves, then travels") {
    path here({20ms, 1'000'000});
    CHECK(here.send(path_start, 100'000) == path_start + 120ms);
    CHECK(here.send(path_start, 100'000) == path_start + 220ms);
}

TEST_CASE("a long transfer keeps its rate to the nanosecond whatever its packets' sizes") {
    path here({0ms, 3});
    time_point last = path_start;
    for (int i = 0; i < 3000; ++i)
        last = here.send(path_start, 1);
    CHECK(last == path_start + 1000s);
}

TEST_CASE("sizes past 4 GiB and rates past 1 GB/s do not overflow") {
    path here({0ms, 4'000'000'000});
    CHECK(here.send(path_start, 40'000'000'000) == path_start + 10s);
    CHECK(here.send(path_start, 40'000'000'000) == path_start + 20s);
}

TEST_CASE("slices take 50 ms of a slow path, at most 16 KiB, and at least 1 ms of a fast one") {
    CHECK_FALSE(path({50ms, 0}).slice().has_value());
    CHECK(path({0ms, 1}).slice() == 1);
    CHECK(path({0ms, 25'000}).slice() == 1250);
    CHECK(path({0ms, 1'000'000}).slice() == 16384);
    CHECK(path({0ms, 100'000'000}).slice() == 100'000);
}

TEST_CASE("negative rules count as none") {
    path here({-5ms, -7});
    CHECK(here.send(path_start, 1000) == path_start);
}
