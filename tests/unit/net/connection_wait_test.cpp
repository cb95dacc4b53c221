// What a connection says that it waits for, from a setback to the next packet that verifies.
#include "net/connection_wait.hpp"

#include "net/rpc_failure.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace std::chrono_literals;
using net::connection_wait;

namespace {

const time_point wait_start{1h};

failure flood_of_binding() {
    failure made = net::failure_of({420, "FLOOD_WAIT", 60});
    made.method = "auth.bindTempAuthKey";
    return made;
}

wait_info wait_of(wait_kind kind, int dc, std::string method, time_point begin,
                  std::optional<time_point> end) {
    wait_info made;
    made.kind = kind;
    made.dc = dc;
    made.method = std::move(method);
    made.begin = begin;
    made.end = end;
    return made;
}

}  // namespace

TEST_CASE("without a setback there is nothing to wait for") {
    connection_wait wait(2);
    wait.attempt_begins();
    wait.attempt_at(wait_start);
    wait.link_is_up();
    CHECK_FALSE(wait.info());
    CHECK_FALSE(wait.held_too_long(wait_start, 0s));
}

TEST_CASE("an outage names its next attempt while none is under way, and is silence once a link is there") {
    connection_wait wait(2);
    wait.setback(errc::connection_failed, std::nullopt, wait_start);
    REQUIRE(wait.info());
    CHECK(*wait.info() == wait_of(wait_kind::outage, 2, "", wait_start, std::nullopt));
    wait.attempt_at(wait_start + 5s);
    CHECK(wait.info()->end == wait_start + 5s);
    wait.attempt_begins();
    CHECK_FALSE(wait.info()->end);
    wait.link_is_up();
    CHECK(*wait.info() == wait_of(wait_kind::silence, 2, "", wait_start, std::nullopt));
    wait.ends();
    CHECK_FALSE(wait.info());
}

TEST_CASE("a wait begins once, whatever it becomes") {
    connection_wait wait(2);
    wait.setback(errc::connection_failed, std::nullopt, wait_start);
    wait.setback(flood_of_binding(), wait_start + 61s, wait_start + 1s);
    CHECK(*wait.info() == wait_of(wait_kind::flood, 2, "auth.bindTempAuthKey", wait_start, wait_start + 61s));
    wait.attempt_begins();
    CHECK(*wait.info() == wait_of(wait_kind::outage, 2, "", wait_start, std::nullopt));
}

TEST_CASE("errors 6: a flood wait beyond the bound is told as the server would tell the rest of it") {
    connection_wait wait(2);
    wait.setback(flood_of_binding(), wait_start + 60s, wait_start);
    CHECK_FALSE(wait.held_too_long(wait_start, 60s));
    CHECK_FALSE(wait.held_too_long(wait_start + 1s, 59s));
    const std::optional<failure> held = wait.held_too_long(wait_start + 1s, 30s);
    REQUIRE(held);
    CHECK(held->is("FLOOD_WAIT"));
    CHECK(held->rpc_code == 420);
    CHECK(held->value == 59);
    CHECK(held->method == "auth.bindTempAuthKey");
    CHECK(held->dc == 2);
    wait.setback(errc::connection_failed, std::nullopt, wait_start);
    wait.attempt_at(wait_start + 2h);
    CHECK_FALSE(wait.held_too_long(wait_start, 0s));
}
