// When faults strike, and on which connections.
#include "traffic/fault_plan.hpp"

#include "traffic/scenario.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mtproto;
using namespace mtproto::traffic;
using namespace std::chrono_literals;

namespace {

fault_plan plan_of(const std::string& scenario, std::uint64_t seed = 0) {
    fault_plan made(parse_scenario(scenario).value(), seed);
    made.start(time_point{});
    return made;
}

connection_facts connection(std::int64_t number, int dc = 1, bool media = false) {
    connection_facts made;
    made.number = number;
    made.dc = dc;
    made.media = media;
    return made;
}

const connection_facts any = connection(1);
constexpr time_point begin{};

bool strikes_method(fault_plan& plan, std::string_view name, const connection_facts& on = any,
                    time_point now = begin) {
    return plan.at_event(name, true, on, now) != nullptr;
}

}  // namespace

TEST_CASE("a fault strikes at its own event, from the n-th time on, as often as it says") {
    fault_plan plan({parse_fault("close@getFile:2x2").value(), parse_fault("silence@ping").value()});
    CHECK_FALSE(strikes_method(plan, "getFile"));
    CHECK(plan.at_event("ping", true, any, begin)->kind == fault_kind::silence);
    CHECK_FALSE(strikes_method(plan, "ping"));
    CHECK(plan.at_event("getFile", true, any, begin)->kind == fault_kind::close);
    CHECK(plan.at_event("getFile", true, any, begin)->kind == fault_kind::close);
    CHECK_FALSE(strikes_method(plan, "getFile"));
}

TEST_CASE("a fault for ever does not end, and the first that fits wins") {
    fault_plan plan({parse_fault("close@getFile:3x0").value(), parse_fault("internal@getFile:1x0").value()});
    CHECK(plan.at_event("getFile", true, any, begin)->kind == fault_kind::rpc_error);
    CHECK(plan.at_event("getFile", true, any, begin)->kind == fault_kind::rpc_error);
    for (int i = 0; i < 100; ++i)
        REQUIRE(plan.at_event("getFile", true, any, begin)->kind == fault_kind::close);
}

TEST_CASE("a fault that another had the way of strikes at the next occasion") {
    fault_plan plan = plan_of("always: drop\nat 0s: corrupt");
    CHECK(plan.at_packet(direction::out, any, begin)->kind == fault_kind::drop);
    fault_plan other = plan_of("on getFile: internal\non getFile 3 times: call-fail");
    for (const char* text : {"500 INTERNAL", "500 RPC_CALL_FAIL", "500 RPC_CALL_FAIL", "500 RPC_CALL_FAIL"})
        CHECK(other.at_event("getFile", true, any, begin)->text == text);
    CHECK_FALSE(strikes_method(other, "getFile"));
}

TEST_CASE("the n-th connection, those of a data centre, those for files and the others") {
    fault_plan plan = plan_of("always on connection 2: internal");
    CHECK_FALSE(strikes_method(plan, "getFile", connection(1)));
    CHECK(strikes_method(plan, "getFile", connection(2)));
    plan = plan_of("always on DC 3 connections: internal");
    CHECK_FALSE(strikes_method(plan, "getFile", connection(1, 1)));
    CHECK(strikes_method(plan, "getFile", connection(1, 3)));
    plan = plan_of("always on media connections: internal");
    CHECK_FALSE(strikes_method(plan, "getFile", connection(1, 1, false)));
    CHECK(strikes_method(plan, "getFile", connection(1, 1, true)));
    plan = plan_of("always on main connections 3..4: internal");
    CHECK_FALSE(strikes_method(plan, "getFile", connection(3, 1, true)));
    CHECK_FALSE(strikes_method(plan, "getFile", connection(2)));
    CHECK(strikes_method(plan, "getFile", connection(4)));
}

TEST_CASE("once is once for all connections; on each connection it is once for each") {
    fault_plan plan = plan_of("on getFile 2 on any connection: internal");
    CHECK_FALSE(strikes_method(plan, "getFile", connection(1)));
    CHECK(strikes_method(plan, "getFile", connection(2)));
    CHECK_FALSE(strikes_method(plan, "getFile", connection(1)));
    plan = plan_of("on getFile 2 on each connection: internal");
    CHECK_FALSE(strikes_method(plan, "getFile", connection(1)));
    CHECK_FALSE(strikes_method(plan, "getFile", connection(2)));
    CHECK(strikes_method(plan, "getFile", connection(1)));
    CHECK(strikes_method(plan, "getFile", connection(2)));
    CHECK_FALSE(strikes_method(plan, "getFile", connection(2)));
    plan.forget(2);
    CHECK_FALSE(strikes_method(plan, "getFile", connection(2)));
    CHECK(strikes_method(plan, "getFile", connection(2)));
}

TEST_CASE("after packets, after bytes, the way that they go") {
    fault_plan plan = plan_of("after 40 packets: drop");
    connection_facts on = connection(1);
    on.sent.packets = 39;
    on.received.packets = 100;
    CHECK(plan.at_packet(direction::out, on, begin) == nullptr);
    on.sent.packets = 40;
    CHECK(plan.at_packet(direction::in, on, begin) == nullptr);
    CHECK(plan.at_packet(direction::out, on, begin)->kind == fault_kind::drop);
    CHECK(plan.at_packet(direction::out, on, begin) == nullptr);
    plan = plan_of("after 64KiB received: drop incoming");
    on.received.bytes = 65535;
    CHECK(plan.at_packet(direction::in, on, begin) == nullptr);
    on.received.bytes = 65536;
    CHECK(plan.at_packet(direction::in, on, begin)->kind == fault_kind::drop);
}

TEST_CASE("a time since the start or since the connection came, and the plan says when to look again") {
    fault_plan plan = plan_of("at 2s on connection 3: freeze for 10s");
    connection_facts on = connection(3);
    on.accepted = begin + 1s;
    CHECK(plan.next_time(on, begin + 1s) == begin + 2s);
    CHECK_FALSE(plan.next_time(connection(2), begin).has_value());
    CHECK(plan.at_connection(on, begin + 1999ms) == nullptr);
    CHECK(plan.at_connection(on, begin + 2s)->time == 10s);
    CHECK_FALSE(plan.next_time(on, begin + 2s).has_value());
    plan = plan_of("after 2s: close");
    CHECK(plan.next_time(on, begin + 1s) == begin + 3s);
    CHECK(plan.at_connection(on, begin + 2s) == nullptr);
    CHECK(plan.at_connection(on, begin + 3s) != nullptr);
    CHECK_FALSE(plan.next_time(on, begin + 1s).has_value());
}

TEST_CASE("chance is the seed's, strikes about as often as it says, and ends after so many times") {
    const auto strikes = [](std::uint64_t seed, const std::string& scenario) {
        fault_plan plan = plan_of(scenario, seed);
        std::vector<int> made;
        for (int i = 0; i < 10'000; ++i)
            if (plan.at_packet(direction::out, any, begin)) made.push_back(i);
        return made;
    };
    const std::vector<int> some = strikes(1, "with probability 5%: drop");
    CHECK(some.size() > 400);
    CHECK(some.size() < 600);
    CHECK(some == strikes(1, "with probability 5%: drop"));
    CHECK(some != strikes(2, "with probability 5%: drop"));
    CHECK(strikes(1, "with probability 0.5 3 times: drop").size() == 3);
}

TEST_CASE("faults without an event: answers at methods only, refusals before them") {
    fault_plan plan = plan_of("2 times: internal");
    CHECK(plan.at_event("req_pq_multi", false, any, begin) == nullptr);
    CHECK(plan.at_query("getFile", any, begin) == nullptr);
    CHECK(strikes_method(plan, "getFile"));
    plan = plan_of("on getFile 2: bad-msg 16\nat 1s: lost-session");
    CHECK_FALSE(strikes_method(plan, "getFile"));
    CHECK(plan.at_query("getFile", any, begin) == nullptr);
    CHECK(plan.at_query("getFile", any, begin)->kind == fault_kind::bad_msg);
    CHECK(plan.at_query("ping", any, begin + 1s)->kind == fault_kind::lost_session);
    CHECK(plan.watches(fault_stage::query));
    CHECK_FALSE(plan.watches(fault_stage::packet));
}
