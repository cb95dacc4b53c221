// Limits that are more than one bucket of bytes: windows, requests, connections, and rates that change.
#include "traffic/flood_rules.hpp"

#include "traffic/server_rules.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::traffic;
using namespace std::chrono_literals;

namespace {

constexpr time_point floods_start{1h};

/// Of parts of `size` bytes, one in each millisecond, how many were granted from `from` to `until`.
int granted(part_quota& quota, time_point from, time_point until, std::int64_t size) {
    token_bucket none({});
    int count = 0;
    for (time_point now = from; now < until; now += 1ms)
        count += quota.take(now, size, none) ? 1 : 0;
    return count;
}

}  // namespace

TEST_CASE("without rules everything is granted") {
    part_quota quota({});
    CHECK(granted(quota, floods_start, floods_start + 1s, std::int64_t{1} << 40) == 1000);
    CHECK_FALSE(quota.rest_of_window(floods_start));
}

TEST_CASE("a window grants its bytes, and anew when it is over, whenever that is noticed") {
    flood_rules rules;
    rules.window = {1000, 10s};
    part_quota quota(rules);
    CHECK(granted(quota, floods_start, floods_start + 10s, 100) == 10);
    CHECK(quota.rest_of_window(floods_start + 9s) == 1s);
    CHECK(granted(quota, floods_start + 10s, floods_start + 20s, 100) == 10);
    // Windows follow one another from the first part on; one without a part saves nothing up.
    CHECK(granted(quota, floods_start + 45s, floods_start + 50s, 100) == 10);
    CHECK(quota.rest_of_window(floods_start + 45s) == 5s);
    CHECK(granted(quota, floods_start + 50s, floods_start + 51s, 100) == 10);
}

TEST_CASE("a limit on requests does not ask how large they are") {
    flood_rules rules;
    rules.requests = {10, 20};
    part_quota quota(rules);
    CHECK(granted(quota, floods_start, floods_start + 1ms * 20, 1) == 20);
    CHECK(granted(quota, floods_start + 20ms, floods_start + 10020ms, 1 << 20) == 100);
}

TEST_CASE("a rate that changes does so at its moment, and what the bucket holds then stays") {
    flood_rules rules;
    rules.bytes = {1000, 2000};
    rules.change = {10s, 4000};
    part_quota quota(rules);
    CHECK(granted(quota, floods_start, floods_start + 10s, 10) ==
          200 + 1000 - 1);  // the last one is due at the change
    CHECK(granted(quota, floods_start + 10s, floods_start + 20s, 10) == 4000);
    // Though nothing was asked for at the moment: full by then, and empty after 500 ms of one byte a ms.
    rules.change = {5s, 1};
    part_quota idle(rules);
    CHECK(granted(idle, floods_start, floods_start + 2s, 1000) == 4 - 1);
    CHECK(granted(idle, floods_start + 10s, floods_start + 11s, 1000) == 2);
}

TEST_CASE("each connection has a bucket of its own, and a part that it refuses costs the account nothing") {
    flood_rules rules;
    rules.bytes = {1, 1000};
    rules.requests = {1, 100};
    part_quota quota(rules);
    token_bucket one({1, 300});
    token_bucket other({1, 300});
    for (int i = 0; i < 3; ++i)
        CHECK(quota.take(floods_start, 100, one));
    for (int i = 0; i < 50; ++i)
        CHECK_FALSE(quota.take(floods_start, 100, one));
    for (int i = 0; i < 3; ++i)
        CHECK(quota.take(floods_start, 100, other));
    token_bucket third({1, 1000});
    CHECK(quota.take(floods_start, 400, third));
    // Nor does one that the account refuses cost the connection anything.
    CHECK_FALSE(quota.take(floods_start, 100, third));
    CHECK(third.level(floods_start) == 600);
}

TEST_CASE("whoever exceeds a window is told to wait for its end, in whole seconds") {
    server_rules rules;
    rules.flood.window = {1000, 10s};
    account_limits account(rules);
    CHECK_FALSE(account.ask(floods_start, 1000));
    CHECK(account.ask(floods_start + 2500ms, 1) == 8s);
    CHECK(account.ask(floods_start + 9s, 1) == 2s);
    CHECK(account.floods() == 1);
    CHECK_FALSE(account.ask(floods_start + 10500ms, 1000));
    CHECK(account.ask(floods_start + 19900ms, 1) == 1s);
}
