// An account's pace against servers with rules of their own.
#include "schedule/account_pace.hpp"

#include "base/seconds.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <functional>
#include <optional>

using namespace mtproto;
using namespace mtproto::schedule;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t pace_part = 512 * 1024;

/// A token bucket of bytes, full at first.
struct bucket {
    double rate;
    double capacity;
    double tokens = capacity;
    time_point at{1h};

    bool take(time_point now, std::int64_t size) {
        tokens = std::min(tokens + rate * seconds(now - at), capacity);
        at = now;
        if (tokens < static_cast<double>(size)) return false;
        tokens -= static_cast<double>(size);
        return true;
    }
};

struct outcome {
    double rate = 0;  ///< bytes a second
    int floods = 0;
};

/// A client that asks from `now` on, as fast as the pace lets it, at most `line` bytes a second.
outcome download(account_pace& pace, time_point& now,
                 const std::function<bool(time_point, std::int64_t)>& grants, double line, std::int64_t size,
                 duration wait = 9s) {
    const time_point began = now;
    const auto between = std::chrono::duration_cast<duration>(
        std::chrono::duration<double>(static_cast<double>(pace_part) / line));
    outcome made;
    for (std::int64_t got = 0; got < size;) {
        now = std::max(now + between, pace.next());
        pace.asked(now, pace_part);
        if (grants(now, pace_part)) {
            got += pace_part;
            continue;
        }
        ++made.floods;
        pace.refused(now, pace_part);
        pace.flooded(now);
        now += wait;
    }
    made.rate = static_cast<double>(size) / seconds(now - began);
    return made;
}

outcome download(bucket server, double line, duration wait = 9s) {
    account_pace pace;
    time_point now{1h};
    return download(
        pace, now, [&](time_point now, std::int64_t size) { return server.take(now, size); }, line,
        std::int64_t{8} << 30, wait);
}

/// The same over a path: what is asked for comes to the server later, at first when there is a connection,
/// and what is under way when the server has had enough is refused as well.
outcome download_from_afar(account_pace& pace, bucket server, double line, std::int64_t size) {
    constexpr duration way = 40ms;
    constexpr duration wait = 9s;
    struct request {
        time_point asked;
        time_point there;
    };
    const auto between = std::chrono::duration_cast<duration>(
        std::chrono::duration<double>(static_cast<double>(pace_part) / line));
    const time_point began{1h};
    time_point now = began;
    time_point answered = began;
    std::optional<time_point> refused_until;  // by the server
    std::optional<time_point> waits_until;    // the client
    std::deque<request> under_way;
    outcome made;
    for (std::int64_t got = 0; got < size;) {
        const time_point ask_at =
            std::max({now, pace.next(), under_way.empty() ? began : under_way.back().asked + between,
                      waits_until.value_or(began)});
        if (under_way.size() < 24 && (under_way.empty() || ask_at < under_way.front().there + way)) {
            now = ask_at;
            if (waits_until && now >= *waits_until) waits_until.reset();
            pace.asked(now, pace_part);
            under_way.push_back({now, std::max(now + way, began + way * 4)});
            continue;
        }
        const request one = under_way.front();
        under_way.pop_front();
        now = std::max(now, one.there + way);
        if (!(refused_until && one.there < *refused_until) && server.take(one.there, pace_part)) {
            got += pace_part;
            answered = now;
            pace.answered(one.asked, now);
            continue;
        }
        if (!refused_until || one.there >= *refused_until) refused_until = one.there + wait;
        pace.refused(one.asked, pace_part);
        if (waits_until) continue;
        ++made.floods;
        pace.flooded(one.asked);
        waits_until = now + wait;
    }
    made.rate = static_cast<double>(size) / seconds(answered - began);
    return made;
}

}  // namespace

TEST_CASE("without floods there is no pace") {
    account_pace pace;
    for (int i = 0; i < 1000; ++i)
        pace.asked(time_point(1h), pace_part);
    CHECK(pace.next() <= time_point(1h));
    CHECK(pace.rate() == 0);
}

TEST_CASE("the first flood halves what led to it, and then the pace climbs") {
    account_pace pace;
    time_point now{1h};
    for (int i = 0; i < 200; ++i) {
        now += 10ms;
        pace.asked(now, pace_part);
    }
    pace.flooded(now);
    const double flooded = static_cast<double>(pace_part) / 0.01;
    now += 5s;
    pace.asked(now, pace_part);
    CHECK(pace.rate() == doctest::Approx(flooded / 2).epsilon(0.05));
    const double before = pace.rate();
    for (int i = 0; i < 100; ++i) {
        now = std::max(now, pace.next());
        pace.asked(now, pace_part);
    }
    CHECK(pace.rate() > before * 1.1);
    CHECK(pace.rate() < flooded);
}

TEST_CASE("it settles just under a token bucket's rate, whatever that and the burst are") {
    for (const double rate : {10e6, 25e6, 40e6})
        for (const double burst : {0.5, 2.0, 10.0}) {
            const outcome got = download(bucket{rate, rate * burst}, 48e6);
            CAPTURE(rate);
            CAPTURE(burst);
            CHECK(got.floods <= 3);
            CHECK(got.rate > rate * 0.85);
        }
}

TEST_CASE(
    "two floods tell the rate, though much was under way at each, and there was no connection at first") {
    for (const double rate : {15e6, 60e6})
        for (const double burst : {0.5, 2.0, 10.0}) {
            account_pace pace;
            const outcome got =
                download_from_afar(pace, bucket{rate, rate * burst}, 96e6, std::int64_t{4} << 30);
            CAPTURE(rate);
            CAPTURE(burst);
            CHECK(got.floods == 2);
            CHECK(pace.rate() > rate * 0.96);
            CHECK(pace.rate() < rate * 1.02);
        }
}

TEST_CASE("a bucket that is empty before the first answer is found out, too") {
    account_pace pace;
    const outcome got = download_from_afar(pace, bucket{5e6, 1.25e6}, 48e6, std::int64_t{2} << 30);
    CHECK(got.floods <= 3);
    CHECK(got.rate > 5e6 * 0.85);
}

TEST_CASE("what a long time at nearly the right pace tells is told exactly") {
    account_pace pace;
    const outcome got = download_from_afar(pace, bucket{5e6, 10e6}, 48e6, std::int64_t{16} << 30);
    CHECK(got.floods >= 3);
    CHECK(got.floods <= 4);
    CHECK(pace.rate() == doctest::Approx(5e6).epsilon(0.02));
}

TEST_CASE("a large bucket that short waits hardly fill is found out, too") {
    const outcome got = download(bucket{5e6, 100e6}, 96e6, 3s);
    CHECK(got.floods <= 4);
    CHECK(got.rate > 5e6 * 0.9);
}

TEST_CASE("a rule that is no token bucket: no more than a rate in each ten seconds") {
    account_pace pace;
    time_point now{1h};
    time_point window = now;
    std::int64_t used = 0;
    const outcome got = download(
        pace, now,
        [&](time_point at, std::int64_t size) {
            if (at - window > 10s) {
                window = at;
                used = 0;
            }
            used += size;
            return used <= 250'000'000;
        },
        48e6, std::int64_t{8} << 30);
    CHECK(got.floods <= 8);
    CHECK(got.rate > 15e6);
}

TEST_CASE(
    "a server that allows less and less is followed down, and one that allows more again is found out") {
    account_pace pace;
    bucket server{25e6, 50e6};
    const auto grants = [&](time_point at, std::int64_t size) { return server.take(at, size); };
    time_point now{1h};
    download(pace, now, grants, 48e6, std::int64_t{2} << 30);
    server.rate = 10e6;
    const outcome less = download(pace, now, grants, 48e6, std::int64_t{4} << 30);
    CHECK(less.floods <= 5);
    CHECK(pace.rate() > 9.5e6);
    CHECK(pace.rate() < 10.2e6);
    server.rate = 1e9;
    const double low = pace.rate();
    // Slowly at first, then twice as much more each time: 10 GiB at the old pace take 18 minutes.
    download(pace, now, grants, 48e6, std::int64_t{32} << 30);
    CHECK(pace.rate() > low * 2);
}

TEST_CASE("refused again and again, it never stops altogether") {
    account_pace pace;
    time_point now{1h};
    pace.asked(now, pace_part);
    for (int i = 0; i < 100; ++i) {
        pace.asked(now, pace_part);
        pace.refused(now, pace_part);
        pace.flooded(now);
        now = std::max(now + 3s, pace.next());
        CHECK(pace.next() < now + 1min);
    }
    // Some of the slowest that it goes, and none slower.
    for (int i = 0; i < 100; ++i) {
        now = std::max(now, pace.next());
        pace.asked(now, pace_part);
        CHECK(pace.rate() >= 64 * 1024);
    }
}

TEST_CASE("a flood before anything was granted says nothing of a pace") {
    account_pace pace;
    const time_point now{1h};
    for (int i = 0; i < 8; ++i)
        pace.asked(now, pace_part);
    for (int i = 0; i < 8; ++i)
        pace.refused(now, pace_part);
    pace.flooded(now);
    pace.asked(now + 5s, pace_part);
    CHECK(pace.rate() == 0);
}

TEST_CASE("after hours of asking, a flood is measured by what was asked for last") {
    for (const auto before : {10min, 50min, 100min, 240min}) {
        CAPTURE(before.count());
        account_pace pace;
        time_point now{1h};
        for (const time_point end = now + before; now < end; now += 50ms)
            pace.asked(now, pace_part);  // 10 MB/s
        for (int flood = 0; flood < 3; ++flood) {
            pace.refused(now, pace_part);
            pace.flooded(now);
            now += 3s;
            for (int i = 0; i < 200; ++i) {
                now = std::max(now + 50ms, pace.next());
                pace.asked(now, pace_part);
            }
            CHECK(pace.rate() > 500e3);
        }
    }
}

TEST_CASE("two floods in a row that no bucket stands behind do not make the rest crawl") {
    account_pace pace;
    time_point now{1h};
    int asked = 0;
    const outcome got = download(
        pace, now, [&](time_point, std::int64_t) { return ++asked != 40 && asked != 43; }, 48e6, 300'000'000,
        2s);
    CHECK(got.floods == 2);
    CHECK(got.rate > 48e6 / 6);
}

TEST_CASE("one flood that no bucket stands behind is soon forgotten") {
    account_pace pace;
    time_point now{1h};
    int asked = 0;
    const outcome got = download(
        pace, now, [&](time_point, std::int64_t) { return ++asked != 40; }, 48e6, std::int64_t{2} << 30, 2s);
    CHECK(got.floods == 1);
    CHECK(got.rate > 48e6 * 0.75);
}
