// The calls of a connection: where each is, and when it ends.
#include "net/call_table.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;
using net::call_table;
using net::pending_call;
using next_step = call_table::next_step;

namespace {

const time_point table_start{1h};

call_table::call_ptr make_call(std::string method = "help.getConfig") {
    auto made = std::make_shared<pending_call>();
    made->method = std::move(method);
    return made;
}

call_table::call_ptr sent_call(call_table& in, std::uint64_t id, time_point now = table_start) {
    auto made = make_call("method " + std::to_string(id));
    in.sent(made, {id}, now);
    return made;
}

const bytes answer_body = bytes::copy(std::vector<std::byte>(4, std::byte{7}));

}  // namespace

TEST_CASE("a call waits, is sent, and ends with its answer, which is told once") {
    call_table table(2);
    int told = 0;
    const auto call = make_call();
    call->on_done = [&] { ++told; };
    table.wait(call);
    CHECK(table.size() == 1);
    CHECK(table.idle());
    CHECK(table.take_waiting() == std::vector{call});
    CHECK(table.size() == 0);
    table.sent(call, {5}, table_start);
    CHECK(table.size() == 1);
    CHECK_FALSE(table.idle());
    CHECK(table.answered({5}, answer_body, table_start + 1s));
    CHECK(call->done);
    CHECK(call->answer.value() == answer_body);
    CHECK_FALSE(table.answered({5}, answer_body, table_start + 1s));
    table.finish(*call, failure(errc::cancelled));
    CHECK(call->answer.has_value());
    CHECK(told == 1);
    CHECK(table.size() == 0);
}

TEST_CASE("a failure names the call's method and the data centre, unless it knows better") {
    call_table table(2);
    const auto one = sent_call(table, 1);
    const auto two = sent_call(table, 2);
    table.lost({1}, errc::connection_closed);
    CHECK(one->answer.error().method == "method 1");
    CHECK(one->answer.error().dc == 2);
    failure elsewhere(errc::timed_out);
    elsewhere.method = "auth.bindTempAuthKey";
    elsewhere.dc = 4;
    table.lost({2}, elsewhere);
    CHECK(two->answer.error().method == "auth.bindTempAuthKey");
    CHECK(two->answer.error().dc == 4);
    table.lost({3}, errc::timed_out);
}

TEST_CASE("protocol 5.11: calls go out in initConnection until one of those is answered") {
    call_table table(2);
    const auto one = sent_call(table, 1);
    const auto two = sent_call(table, 2);
    CHECK(one->initializes);
    CHECK(two->initializes);
    CHECK(table.must_initialize());
    table.answered({2}, answer_body, table_start);
    CHECK_FALSE(table.must_initialize());
    const auto three = sent_call(table, 3);
    CHECK_FALSE(three->initializes);
    table.forget_initialization();
    table.answered({3}, answer_body, table_start);
    CHECK(table.must_initialize());
    table.answered({1}, answer_body, table_start);
    CHECK_FALSE(table.must_initialize());
}

TEST_CASE("protocol 5.11: initConnection is sent again when it is asked for, and not for ever") {
    call_table table(2);
    const auto call = sent_call(table, 1);
    table.answered({1}, answer_body, table_start);
    for (std::uint64_t id = 2; id < 4; ++id) {
        table.sent(call, {id}, table_start);
        CHECK(table.refused({id}) == call);
        CHECK(table.judge(*call, rpc::action::init_connection, false) == next_step::send_again);
        CHECK(table.must_initialize());
    }
    CHECK(table.judge(*call, rpc::action::init_connection, false) == next_step::fail);
    CHECK_FALSE(table.refused({3}));
}

TEST_CASE("protocol 3.1: a call whose temporary key is not bound has others tried, and not for ever") {
    call_table table(2);
    const auto call = make_call();
    CHECK(table.judge(*call, rpc::action::bind_again, false) == next_step::fail);
    CHECK(table.judge(*call, rpc::action::bind_again, true) == next_step::bind_again);
    CHECK(table.judge(*call, rpc::action::bind_again, true) == next_step::bind_again);
    CHECK(table.judge(*call, rpc::action::bind_again, true) == next_step::fail);
}

TEST_CASE("errors 6: AUTH_KEY_DUPLICATED costs the key, and all else is the caller's to judge") {
    call_table table(2);
    const auto call = make_call();
    CHECK(table.judge(*call, rpc::action::session_dead, true) == next_step::drop_key);
    for (const rpc::action each : {rpc::action::fail, rpc::action::retry, rpc::action::wait,
                                   rpc::action::migrate_file, rpc::action::logged_out})
        CHECK(table.judge(*call, each, true) == next_step::fail);
}

TEST_CASE("a setback counts for calls that wait and for those that were sent, oldest first") {
    call_table table(2);
    const auto early = sent_call(table, 1);
    const auto late = sent_call(table, 2);
    CHECK(table.add_setback(3, false).empty());
    const auto waiting = make_call();
    table.wait(waiting);
    CHECK(table.add_setback(3, false).empty());
    CHECK(table.add_setback(3, false) == std::vector{early, late});
    CHECK(table.size() == 3);
    CHECK(table.add_setback(9, true) == std::vector{waiting, early, late});
}

TEST_CASE("the session must drop a removed call only if it has it, and its refusal may still come") {
    call_table table(2);
    const auto waiting = make_call("help.getNearestDc");
    table.wait(waiting);
    CHECK_FALSE(table.remove(waiting));
    CHECK_FALSE(table.remove(waiting));
    CHECK(table.cancelled_method().empty());
    const auto sent = sent_call(table, 4);
    CHECK(table.remove(sent));
    CHECK(table.cancelled_method() == "method 4");
    CHECK(table.size() == 0);
}

TEST_CASE("calls of a session that ended come back in the order in which they were sent") {
    call_table table(2);
    const auto one = sent_call(table, 1);
    const auto two = sent_call(table, 2);
    CHECK(table.take_sent() == std::vector{one, two});
    CHECK(table.idle());
}

TEST_CASE("the round trip is the shortest that was measured") {
    call_table table(2);
    CHECK(table.round_trip() == 0s);
    sent_call(table, 1);
    sent_call(table, 2);
    sent_call(table, 3);
    table.answered({1}, answer_body, table_start + 80ms);
    CHECK(table.round_trip() == 80ms);
    table.answered({2}, answer_body, table_start + 90ms);
    table.answered({3}, answer_body, table_start + 70ms);
    CHECK(table.round_trip() == 70ms);
    table.set_round_trip(120ms);
    CHECK(table.round_trip() == 120ms);
    sent_call(table, 4);
    table.answered({4}, answer_body, table_start);
    CHECK(table.round_trip() == 120ms);
}
