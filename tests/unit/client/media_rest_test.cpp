// When media-only addresses are left alone, and for how long.
#include "client/media_rest.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace std::chrono_literals;
using core::media_rest;

namespace {

constexpr time_point begin{1h};
constexpr bool answered = true, silent = false;

}  // namespace

TEST_CASE("protocol 8.6: media-only addresses that answer nothing rest at once, for ten minutes") {
    media_rest rest;
    CHECK_FALSE(rest.resting());
    const media_rest::decision next = rest.probed(silent, begin);
    CHECK(next.leave);
    CHECK_FALSE(next.hurry);
    CHECK(rest.resting());
    CHECK(rest.until() == begin + 10min);
    CHECK_FALSE(rest.over(begin + 10min - 1ns));
    CHECK(rest.over(begin + 10min));
    rest.end();
    CHECK_FALSE(rest.resting());
    CHECK_FALSE(rest.over(begin + 1h));
}

TEST_CASE("those that answer nothing are probed after 15 s, then after twice the time, up to two minutes") {
    media_rest rest;
    duration pause = rest.probed(silent, begin).probe_after.value();
    for (const duration expected : {15s, 30s, 60s, 120s, 120s}) {
        CHECK(pause == expected);
        pause = media_rest::next_pause(pause);
    }
    rest.cut_short();
    CHECK_FALSE(rest.resting());
}

TEST_CASE("those that answer are hurried, and left when they bring no file within the next 8 s") {
    media_rest rest;
    const media_rest::decision first = rest.probed(answered, begin);
    CHECK(first.hurry);
    CHECK_FALSE(first.leave);
    const media_rest::decision soon = rest.probed(answered, begin + 8s - 1ns);
    CHECK_FALSE(soon.hurry);
    CHECK_FALSE(soon.leave);
    CHECK_FALSE(rest.resting());
    const media_rest::decision later = rest.probed(answered, begin + 8s);
    CHECK(later.leave);
    CHECK(later.probe_after == 60s);
    CHECK(rest.until() == begin + 8s + 10min);
}

TEST_CASE("an answer of more than two minutes ago is no reason to leave them") {
    media_rest rest;
    rest.probed(answered, begin);
    CHECK(rest.probed(answered, begin + 2min + 1ns).hurry);
    CHECK_FALSE(rest.resting());
}

TEST_CASE("those that were left though they answered are tried again once before the rest is over") {
    media_rest rest;
    const auto leave = [&](time_point at) {
        rest.probed(answered, at);
        return rest.probed(answered, at + 10s);
    };
    CHECK(leave(begin).probe_after == 60s);
    rest.cut_short();
    const media_rest::decision again = leave(begin + 2min);
    CHECK(again.leave);
    CHECK_FALSE(again.probe_after.has_value());
    rest.end();
    CHECK(leave(begin + 20min).probe_after == 60s);
}

TEST_CASE(
    "those that answer six requests in a row with refusals are left at once, and probed after a minute") {
    media_rest rest;
    for (int i = 0; i < 5; ++i)
        rest.refused();
    CHECK_FALSE(rest.refuses());
    rest.served();
    for (int i = 0; i < 6; ++i)
        rest.refused();
    CHECK(rest.refuses());
    const media_rest::decision next = rest.probed(answered, begin);
    CHECK(next.leave);
    CHECK(next.probe_after == 60s);
    CHECK_FALSE(rest.refuses());
}
