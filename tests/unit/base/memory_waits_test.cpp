// Waits that clients of one process tell each other.
#include <mtproto/shared_waits.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;

TEST_CASE("waits in memory: those that hold are told at once, later ones as they come, of one account") {
    const auto waits = memory_waits();
    std::vector<shared_wait> told;
    waits->publish("me", shared_wait("download", 4, 10s));
    waits->publish("me", shared_wait("download", 4, 5s));  // the longer one stands
    waits->publish("me", shared_wait("download", 5, -1s));
    waits->publish("you", shared_wait("download", 4, 10s));
    auto following = waits->follow("me", [&](const shared_wait& wait) { told.push_back(wait); });
    REQUIRE(told.size() == 1);
    CHECK(told[0].kind == "download");
    CHECK(told[0].dc == 4);
    CHECK(told[0].left > 9s);
    CHECK(told[0].left <= 10s);
    waits->publish("me", shared_wait("download", 4, 20s));
    waits->publish("me", shared_wait("messages.getMessages", 2, 3s));
    waits->publish("you", shared_wait("download", 1, 3s));
    REQUIRE(told.size() == 3);
    CHECK(told[1] == shared_wait("download", 4, 20s));
    CHECK(told[2] == shared_wait("messages.getMessages", 2, 3s));
    following.reset();
    waits->publish("me", shared_wait("download", 4, 60s));
    CHECK(told.size() == 3);
}
