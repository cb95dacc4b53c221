// How soon a connection may try again.
#include "net/connect_pacing.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;
using net::connect_pacing;

namespace {

/// Attempts as early as allowed; seconds at which they come.
std::vector<long> attempts(connect_pacing& pacing, int count) {
    std::vector<long> made;
    time_point now{};
    for (int i = 0; i < count; ++i) {
        now = pacing.allowed(now);
        pacing.attempt(now);
        made.push_back(static_cast<long>(now.time_since_epoch() / 1ms));
    }
    return made;
}

}  // namespace

TEST_CASE("the first attempt of a connection is never held back") {
    const connect_pacing pacing;
    CHECK(pacing.allowed(time_point{5s}) == time_point{5s});
}

TEST_CASE("connect 8.8: one that fails keeps to 1 in 1 s, 2 in 4 s, 3 in 8 s") {
    connect_pacing pacing;
    CHECK(attempts(pacing, 5) == std::vector<long>{0, 1000, 4000, 8000, 9000});
}

TEST_CASE("connect 8.8: one that was just online may come back 4 times in 1 s and 5 in 5 s") {
    connect_pacing pacing;
    pacing.worked();
    CHECK(attempts(pacing, 6) == std::vector<long>{0, 0, 0, 0, 1000, 5000});
}

TEST_CASE("after a failure the strict limits hold again") {
    connect_pacing pacing;
    pacing.worked();
    pacing.attempt(time_point{0s});
    CHECK(pacing.allowed(time_point{100ms}) == time_point{100ms});
    pacing.failed();
    CHECK(pacing.allowed(time_point{100ms}) == time_point{1s});
}
