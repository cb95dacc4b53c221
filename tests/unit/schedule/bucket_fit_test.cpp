// A token bucket is fitted to grants and floods.
#include "schedule/bucket_fit.hpp"

#include "base/seconds.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace mtproto;
using namespace mtproto::schedule;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t fit_part = 512 * 1024;

/// The history of a client that asked at `paces` bytes a second, one after the other, each until a flood of a
/// bucket that is full at first, and then waited.
grant_history seen(double rate, double capacity, std::initializer_list<double> paces, duration wait = 9s) {
    grant_history made;
    double tokens = capacity;
    time_point now{1h};
    for (const double pace : paces) {
        const auto between = std::chrono::duration_cast<duration>(
            std::chrono::duration<double>(static_cast<double>(fit_part) / pace));
        for (;;) {
            now += between;
            tokens = std::min(tokens + rate * seconds(between), capacity);
            if (tokens < static_cast<double>(fit_part)) break;
            tokens -= static_cast<double>(fit_part);
            made.entries.push_back({now, now, fit_part});
        }
        made.floods.push_back(now);
        tokens = std::min(tokens + rate * seconds(wait), capacity);
        now += wait;
    }
    return made;
}

}  // namespace

TEST_CASE("two floods tell rate and capacity, if the paces before them differ") {
    for (const double capacity : {12.5e6, 50e6, 250e6}) {
        CAPTURE(capacity);
        const auto found = fit_bucket(seen(25e6, capacity, {48e6, 27e6}), 48e6);
        REQUIRE(found);
        CHECK(found->rate == doctest::Approx(25e6).epsilon(0.02));
        CHECK(found->capacity == doctest::Approx(capacity).epsilon(0.1));
        CHECK(found->lowest_rate <= found->rate);
    }
}

TEST_CASE("the longer the time between two floods, the less is left in doubt") {
    const auto doubt = [](double second_pace) {
        const auto found = fit_bucket(seen(25e6, 50e6, {48e6, second_pace}), 48e6);
        REQUIRE(found);
        return found->rate - found->lowest_rate;
    };
    CHECK(doubt(25.5e6) < doubt(40e6));
}

TEST_CASE("one flood, or none, tells no rate") {
    CHECK_FALSE(fit_bucket({}, 48e6));
    CHECK_FALSE(fit_bucket(seen(25e6, 50e6, {48e6}), 48e6));
}

TEST_CASE("floods that no bucket stands behind are explained by none") {
    grant_history history = seen(25e6, 50e6, {48e6, 30e6});
    // Twice as much as before went well meanwhile.
    const time_point second = history.floods.back();
    for (grant_history::entry& one : history.entries)
        if (one.begin > history.floods.front() && one.begin < second - 3s) one.bytes *= 2;
    CHECK_FALSE(fit_bucket(history, 60e6));
}

TEST_CASE("one flood tells the rate of a bucket that is filled in a given time") {
    const grant_history history = seen(25e6, 25e6, {48e6});
    CHECK(rate_if_filled_in(1s, history) == doctest::Approx(25e6).epsilon(0.05));
    CHECK(rate_if_filled_in(10s, history) < 10e6);
}
