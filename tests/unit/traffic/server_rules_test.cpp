// Token buckets, an account's limits, and lines that jitter and lose packets.
#include "traffic/server_rules.hpp"

#include "traffic/pace.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

using namespace mtproto;
using namespace mtproto::traffic;
using namespace std::chrono_literals;

namespace {

constexpr time_point rules_start{1h};

}  // namespace

TEST_CASE("a bucket gives its burst at once and then its rate") {
    token_bucket bucket({100, 50});
    CHECK(bucket.level(rules_start) == 50);
    CHECK(bucket.take(rules_start, 30));
    CHECK(bucket.take(rules_start, 20));
    CHECK_FALSE(bucket.take(rules_start, 1));
    CHECK(bucket.level(rules_start) == 0);
    CHECK_FALSE(bucket.take(rules_start + 99ms, 10));
    CHECK(bucket.take(rules_start + 100ms, 10));
    CHECK(bucket.level(rules_start + 10s) == 50);
}

TEST_CASE("a bucket that refuses takes nothing") {
    token_bucket bucket({100, 50});
    CHECK(bucket.take(rules_start, 40));
    for (int i = 0; i < 10; ++i)
        CHECK_FALSE(bucket.take(rules_start, 20));
    CHECK(bucket.level(rules_start) == 10);
    CHECK(bucket.take(rules_start, 10));
}

TEST_CASE("more than a bucket can hold is given when it is full, and is missing then") {
    token_bucket bucket({100, 50});
    CHECK(bucket.take(rules_start, 200));
    CHECK(bucket.level(rules_start) == -150);
    CHECK_FALSE(bucket.take(rules_start + 1500ms, 1));
    CHECK(bucket.take(rules_start + 1510ms, 1));
}

TEST_CASE("a bucket without a rate gives everything") {
    token_bucket bucket({});
    CHECK(bucket.take(rules_start, std::int64_t{1} << 60));
}

TEST_CASE("a bucket keeps its rate over many takes, to the last token") {
    token_bucket bucket({25'000'000, 1 << 20});
    std::int64_t taken = 0;
    for (time_point now = rules_start; now < rules_start + 100s; now += 1ms)
        while (bucket.take(now, 4096))
            taken += 4096;
    CHECK(std::abs(static_cast<double>(taken) - 2.5e9 - (1 << 20)) < 30'000);
}

TEST_CASE("an account without tokens is told to wait, within the bounds, and again until that is over") {
    server_rules rules;
    rules.flood.bytes = {1000, 1000};
    bool shortest = false;
    bool longest = false;
    for (std::uint64_t seed = 0; seed < 200; ++seed) {
        account_limits account(rules, seed);
        CHECK_FALSE(account.ask(rules_start, 1000));
        const auto wait = account.ask(rules_start, 500);
        REQUIRE(wait);
        CHECK(*wait >= 3s);
        CHECK(*wait <= 15s);
        shortest |= *wait == 3s;
        longest |= *wait == 15s;
        // The bucket has enough by now; the wait is what was said all the same.
        CHECK(account.ask(rules_start + 1500ms, 500) == *wait - 1s);
        CHECK(account.floods() == 1);
        CHECK_FALSE(account.ask(rules_start + *wait, 500));
    }
    CHECK(shortest);
    CHECK(longest);
}

TEST_CASE("an account's rate holds for all that its connections send") {
    server_rules rules;
    rules.account_rate = 1000;
    account_limits account(rules);
    CHECK(account.send(rules_start, 500) == rules_start + 500ms);
    CHECK(account.send(rules_start, 500) == rules_start + 1s);
    // Ready before the last one was: it waited, so the rate was not idle.
    CHECK(account.send(rules_start + 900ms, 500) == rules_start + 1500ms);
    CHECK(account.send(rules_start + 10s, 500) == rules_start + 10500ms);
}

TEST_CASE("some parts are slow, as often as the rules say, and few are very slow") {
    server_rules rules;
    rules.slow.probability = 0.01;
    account_limits account(rules, 7);
    int slow = 0;
    int very_slow = 0;
    for (int i = 0; i < 100'000; ++i) {
        const duration took = account.slowness();
        if (took == 0s) continue;
        CHECK(took >= rules.slow.least);
        CHECK(took <= rules.slow.most);
        ++slow;
        very_slow += took >= 4 * rules.slow.least ? 1 : 0;
    }
    CHECK(slow > 900);
    CHECK(slow < 1100);
    // Pareto: one of 4^1.5.
    CHECK(very_slow > slow / 12);
    CHECK(very_slow < slow / 5);
    rules.slow.shape = 0;
    rules.slow.probability = 1;
    CHECK(account_limits(rules).slowness() == rules.slow.least);
}

TEST_CASE("an account may have as many connections as the rules say") {
    server_rules rules;
    CHECK(account_limits(rules).admits(1000));
    rules.most_connections = 4;
    CHECK(account_limits(rules).admits(4));
    CHECK_FALSE(account_limits(rules).admits(5));
}

TEST_CASE("jitter makes packets later by no more than it says, and none overtakes another") {
    path_rules rules{20ms, 1'000'000};
    rules.jitter = 10ms;
    path here(rules, 3);
    time_point before{};
    duration longest{0};
    for (int i = 0; i < 1000; ++i) {
        const time_point arrival = here.send(rules_start, 1000);
        const time_point usual = here.idle_at() + 20ms;
        CHECK(arrival >= before);
        CHECK(arrival >= usual);
        CHECK(arrival <= usual + 10ms);
        longest = std::max(longest, arrival - usual);
        before = arrival;
    }
    CHECK(longest > 5ms);
}

TEST_CASE("a copy of a line foretells what the line will do") {
    path_rules rules{20ms, 1'000'000};
    rules.jitter = 10ms;
    rules.loss = {100'000, 200ms, 1s};
    path here(rules, 3);
    for (int i = 0; i < 1000; ++i) {
        path ahead = here;
        CHECK(ahead.send(rules_start, 1000) == here.send(rules_start, 1000));
    }
}

TEST_CASE("losses stop a line and halve its rate for a moment, so that the mean is what the rules foretell") {
    server_rules rules;
    rules.connection_rate = 1'000'000;
    rules.loss = 1e-4;
    const path_rules lossy = connection_path(rules);
    CHECK(lossy.loss.bytes_between == 14'600'000);
    path here(lossy, 5);
    constexpr std::int64_t size = 4'000'000'000;
    for (std::int64_t sent = 0; sent < size; sent += 10'000)
        here.send(rules_start, 10'000);
    const double took = std::chrono::duration<double>(here.idle_at() - rules_start).count();
    CHECK(static_cast<double>(size) / took == doctest::Approx(lossy.mean_rate()).epsilon(0.02));
    CHECK(lossy.mean_rate() < 1'000'000);
    CHECK(connection_path({}).mean_rate() == 0);
}
