// Backoff, retry budget and flood policy.
#include "crypto/seeded_random.hpp"
#include "rpc/backoff.hpp"
#include "rpc/classify.hpp"
#include "rpc/flood_policy.hpp"

#include <doctest/doctest.h>

#include <utility>
#include <vector>

using namespace mtproto;
using namespace mtproto::rpc;
using namespace std::chrono_literals;

TEST_CASE("protocol 6: backoff doubles from 1 to 60 s, spread over its upper half") {
    crypto::seeded_random random(7);
    backoff waits;
    for (const duration full : {duration(1s), duration(2s), duration(4s), duration(8s), duration(16s),
                                duration(32s), duration(60s), duration(60s)}) {
        const duration wait = waits.next(random);
        CHECK(wait >= full / 2);
        CHECK(wait <= full);
    }
    waits.reset();
    CHECK(waits.next(random) <= 1s);
}

TEST_CASE("backoff after so many failures goes on where it would be") {
    crypto::seeded_random random(7);
    CHECK(backoff(0).next(random) <= 1s);
    CHECK(backoff(3).next(random) >= 4s);
    CHECK(backoff(3).next(random) <= 8s);
    CHECK(backoff(1'000'000).next(random) >= 30s);
    CHECK(backoff(1'000'000).next(random) <= 60s);
}

TEST_CASE("backoff differs between clients") {
    crypto::seeded_random one(1);
    crypto::seeded_random two(2);
    backoff first;
    backoff second;
    CHECK(first.next(one) != second.next(two));
}

TEST_CASE("protocol 6: WORKER_BUSY_TOO_LONG_RETRY waits at least 1 s") {
    crypto::seeded_random random(7);
    for (int i = 0; i < 20; ++i) {
        backoff waits;
        CHECK(waits.next(random, 1s) >= 1s);
    }
}

TEST_CASE("a retry budget ends") {
    retry_budget budget(2);
    CHECK(budget.take());
    CHECK(budget.take());
    CHECK_FALSE(budget.take());
    CHECK_FALSE(budget.take());
}

TEST_CASE("protocol 6: a flood wait holds back its DC and kind of request, and nothing else") {
    flood_policy policy;
    const time_point now(100s);
    const flood_policy::key held{2, method_class("upload.getFile")};
    policy.hold(held, now, 10s);
    CHECK(policy.not_before(held, now) == now + 10s);
    CHECK(policy.not_before({2, method_class("upload.getFileHashes")}, now) == now + 10s);
    CHECK_FALSE(policy.not_before({2, method_class("messages.getMessages")}, now));
    CHECK_FALSE(policy.not_before({3, held.kind}, now));
}

TEST_CASE("of two flood waits the longer stands, and both end") {
    flood_policy policy;
    const time_point now(100s);
    const flood_policy::key held{2, "help.getConfig"};
    policy.hold(held, now, 10s);
    policy.hold(held, now + 1s, 3s);
    CHECK(policy.not_before(held, now + 9s) == now + 10s);
    CHECK_FALSE(policy.not_before(held, now + 10s));
}

TEST_CASE("waits of a kind that somebody keeps are theirs, those before included, and no one else's are") {
    struct noted final : flood_keeper {
        void hold(int dc, time_point now, duration wait) override { until[dc] = now + wait; }
        std::optional<time_point> not_before(int dc, time_point) override {
            const auto found = until.find(dc);
            return found == until.end() ? std::nullopt : std::optional(found->second);
        }
        std::map<int, time_point> until;
    };
    flood_policy policy;
    const time_point now(100s);
    policy.hold(flood_key(2, "upload.getFile"), now, 10s);
    policy.hold(flood_key(3, "upload.getFile"), now, 1s);
    policy.hold(flood_key(2, "help.getConfig"), now, 20s);
    const auto keeper = std::make_shared<noted>();
    policy.leave_to(keeper, std::string(downloads), now + 2s);
    CHECK(keeper->until == std::map<int, time_point>{{2, now + 10s}});
    CHECK(policy.not_before(flood_key(2, "upload.getFileHashes"), now + 3s) == now + 10s);
    CHECK(policy.not_before(flood_key(2, "help.getConfig"), now + 3s) == now + 20s);
    policy.hold(flood_key(4, "upload.reuploadCdnFile"), now + 3s, 5s);
    policy.hold(flood_key(4, "help.getConfig"), now + 3s, 5s);
    CHECK(keeper->until.at(4) == now + 8s);
    CHECK(keeper->until.size() == 2);
    keeper->until.clear();
    CHECK_FALSE(policy.not_before(flood_key(2, "upload.getFile"), now + 3s));
}

TEST_CASE("uploads do not wait for downloads") {
    CHECK(method_class("upload.getFile") == "download");
    CHECK(method_class("upload.getCdnFile") == "download");
    CHECK(method_class("upload.reuploadCdnFile") == "download");
    CHECK(method_class("upload.saveFilePart") == "upload.saveFilePart");
    CHECK(method_class("auth.sendCode") == "auth.sendCode");
}

TEST_CASE(
    "errors 6: a flood is told on the spot, and what was learned elsewhere is held and not told again") {
    flood_policy floods;
    std::vector<std::pair<flood_policy::key, duration>> told;
    floods.on_hold([&](const flood_policy::key& which, duration wait) { told.emplace_back(which, wait); });
    const flood_policy::key which{2, "messages.getMessages"};
    const time_point now{100s};
    floods.hold(which, now, 5s);
    floods.learn(which, now, 9s);
    floods.learn({4, "messages.getMessages"}, now, 7s);
    CHECK(floods.not_before(which, now) == now + 9s);
    CHECK(floods.not_before({4, "messages.getMessages"}, now) == now + 7s);
    REQUIRE(told.size() == 1);
    CHECK(told[0].first == which);
    CHECK(told[0].second == 5s);
    floods.on_hold({});
    floods.hold(which, now, 10s);
    CHECK(told.size() == 1);
}
