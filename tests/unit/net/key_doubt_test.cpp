// How much a permanent key can be refused.
#include "net/key_doubt.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace std::chrono_literals;
using net::key_doubt;

TEST_CASE("transport error 1.6: -404 opens a doubt, and counts once however often it comes") {
    key_doubt doubt;
    time_point now{1h};
    CHECK_FALSE(doubt.open());
    for (int count = 0; count < 100; ++count)
        doubt.refused(now += 1min);
    CHECK(doubt.open());
    CHECK_FALSE(doubt.disowned(now += 1s));
    CHECK(doubt.disowned(now += 1s));
}

TEST_CASE("protocol 3.5: three bindings in vain disown a key, at different moments") {
    key_doubt doubt;
    const time_point now{1h};
    CHECK_FALSE(doubt.disowned(now));
    CHECK_FALSE(doubt.disowned(now + key_doubt::refusals_apart - 1ns));
    CHECK_FALSE(doubt.disowned(now + key_doubt::refusals_apart));
    CHECK(doubt.disowned(now + 2 * key_doubt::refusals_apart));
}

TEST_CASE("a packet that verifies ends the doubt and what was counted") {
    key_doubt doubt;
    time_point now{1h};
    doubt.refused(now);
    CHECK_FALSE(doubt.disowned(now += 1s));
    doubt.clear();
    CHECK_FALSE(doubt.open());
    CHECK_FALSE(doubt.disowned(now));
    CHECK_FALSE(doubt.disowned(now += 1s));
    CHECK(doubt.disowned(now += 1s));
}
