// How often a connection may fail.
#include "net/setbacks.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace std::chrono_literals;

TEST_CASE("setbacks count until an answer, and begin anew when they were too many") {
    net::setbacks all;
    time_point now{1h};
    CHECK_FALSE(all.add(now, 3));
    CHECK_FALSE(all.add(now, 3));
    CHECK(all.add(now, 3));
    CHECK(all.given_up() == 1);
    CHECK_FALSE(all.add(now, 3));
    CHECK_FALSE(all.add(now, 3));
    all.answered();
    CHECK_FALSE(all.add(now, 3));
    CHECK_FALSE(all.add(now, 3));
    CHECK(all.add(now, 3));
    CHECK(all.given_up() == 2);
    CHECK(all.add(now, 1));
}

TEST_CASE("setbacks of long ago belong to another trouble") {
    net::setbacks all;
    time_point now{1h};
    CHECK_FALSE(all.add(now, 3));
    CHECK_FALSE(all.add(now, 3));
    now += net::setbacks::one_trouble;
    CHECK(all.add(now, 3));
    CHECK_FALSE(all.add(now, 2));
    now += net::setbacks::one_trouble + 1s;
    CHECK_FALSE(all.add(now, 2));
}
