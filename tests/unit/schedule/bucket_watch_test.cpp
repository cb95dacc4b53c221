// Finding out that a server allows more than it did.
#include "schedule/bucket_watch.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::schedule;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t watch_part = 500'000;
constexpr fitted_bucket bucket{10e6, 10e6, 20e6};

/// At `pace` bytes a second for `time`; the rate to be tried next, if any.
std::optional<double> carry(bucket_watch& watch, time_point& now, double pace, duration time) {
    const auto between =
        std::chrono::duration_cast<duration>(std::chrono::duration<double>(watch_part / pace));
    for (const time_point end = now + time; now < end; now += between)
        if (const auto more = watch.add(now, watch_part, pace)) return more;
    return std::nullopt;
}

}  // namespace

TEST_CASE("what the bucket allows shows nothing, however long") {
    bucket_watch watch;
    time_point now{1h};
    watch.begin(bucket, 0, now);
    CHECK_FALSE(carry(watch, now, 9.9e6, 1h));
}

TEST_CASE("more than the bucket could hold is believed, and each time a step twice as large is tried") {
    bucket_watch watch;
    time_point now{1h};
    watch.begin(bucket, 0, now);
    const time_point began = now;
    const auto first = carry(watch, now, 11e6, 1min);
    REQUIRE(first);
    CHECK(*first == doctest::Approx(11e6 * 1.02));
    CHECK(now - began > 28s);  // 20 MB and a quarter, and 4 MiB, at 1 MB/s
    CHECK(now - began < 31s);
    const auto second = carry(watch, now, 12e6, 1min);
    REQUIRE(second);
    CHECK(*second == doctest::Approx(12e6 * 1.04));
}

TEST_CASE("what the bucket lacks at first counts, and without a bucket nothing does") {
    bucket_watch watch;
    time_point now{1h};
    watch.begin(bucket, 20e6, now);
    const time_point began = now;
    CHECK(carry(watch, now, 11e6, 1min));
    CHECK(now - began < 11s);
    watch.end();
    CHECK_FALSE(carry(watch, now, 100e6, 1min));
}
