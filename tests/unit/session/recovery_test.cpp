// How a session mends lost messages, lost links and lost sessions.
#include "two_requests.hpp"

using namespace mtproto;
using namespace mtproto::test;

TEST_CASE(
    "protocol 5.5: new_session_created is acknowledged, and what went before its first message goes again") {
    two_requests s;
    const session::request_id third = s.under_test.send(object(3));
    const auto later = s.take();
    REQUIRE(later);
    const std::int64_t id = s.give(tl::new_session_created{later->header.msg_id, 777, 0x4444});
    CHECK(s.next<session::salts_changed>());
    CHECK(s.next<session::server_session_created>()->unique_id == 777);
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->header.salt == 0x4444);
    CHECK(again->only<tl::msgs_ack>().msg_ids == std::vector{id});
    CHECK(again->id_of(object(1)) != 0);
    CHECK(again->id_of(object(2)) != 0);
    CHECK(again->id_of(object(3)) == 0);
    s.answer(later->id_of(object(3)), object(5));
    CHECK(s.next<session::answer>()->id == third);
}

TEST_CASE("protocol 5.5: a container whose id is the first message's stays") {
    two_requests s;
    s.give(tl::new_session_created{s.packet.header.msg_id, 777, first_salt});
    s.under_test.send(object(3));
    CHECK(s.take()->with(0x0badf00d).size() == 1);
}

TEST_CASE("protocol 5.5: a session that the server forgot loses what an earlier link may have carried out") {
    two_requests s;
    s.reconnect();
    const auto first = s.take();
    REQUIRE(first);
    s.give(tl::new_session_created{first->header.msg_id, 778, first_salt});
    const auto lost = s.next<session::request_lost>();
    REQUIRE(lost);
    CHECK(lost->id == s.once);
    CHECK(lost->why == errc::connection_closed);
}

TEST_CASE("protocol 5.5: a session that the server forgot in mid-link loses what it had acknowledged") {
    two_requests s;
    s.give(tl::msgs_ack{{s.safe_id(), s.once_id()}}, false);
    s.under_test.send(object(3));
    const auto later = s.take();
    REQUIRE(later);
    s.give(tl::new_session_created{later->header.msg_id, 778, first_salt});
    CHECK(s.next<session::request_lost>()->id == s.once);
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->id_of(object(1)) != 0);
    CHECK(again->id_of(object(2)) == 0);
}

TEST_CASE(
    "protocol 4.8: a new link sends idempotent requests under new ids and drops the old, all in a "
    "container") {
    two_requests s;
    s.reconnect();
    const auto packet = s.take();
    REQUIRE(packet);
    CHECK(packet->container);
    CHECK(packet->id_of(object(1)) > s.safe_id());
    CHECK(packet->only<tl::rpc_drop_answer>().req_msg_id == s.safe_id());
    CHECK(packet->header.session_id == s.packet.header.session_id);
    s.answer(packet->id_of(object(1)), object(5));
    CHECK(s.next<session::answer>()->id == s.safe);
}

TEST_CASE("protocol 4.8, 5.6: a new link asks about the others and sends again only what did not arrive") {
    two_requests s;
    s.reconnect();
    const auto packet = s.take();
    REQUIRE(packet);
    CHECK(packet->id_of(object(2)) == 0);
    const auto question = packet->with(tl::msgs_state_req::tl_id);
    REQUIRE(question.size() == 1);
    CHECK(packet->only<tl::msgs_state_req>().msg_ids == std::vector{s.once_id()});

    SUBCASE("4: received, so the answer is waited for") {
        s.give(tl::msgs_state_info{question[0].msg_id, bytes::copy("\x04")}, false);
        CHECK_FALSE(s.take());
        s.answer(s.once_id(), object(5));
        CHECK(s.next<session::answer>()->id == s.once);
    }
    SUBCASE("4 with higher bits set") {
        s.give(tl::msgs_state_info{question[0].msg_id, bytes::copy("\x2c")}, false);
        CHECK_FALSE(s.take());
    }
    SUBCASE("2 and 3: certainly not received, so it is sent with a new id") {
        s.give(tl::msgs_state_info{question[0].msg_id, bytes::copy("\x02")}, false);
        const auto again = s.take();
        REQUIRE(again);
        CHECK(again->id_of(object(2)) > s.once_id());
    }
    SUBCASE("1: nothing is known, so it fails") {
        s.give(tl::msgs_state_info{question[0].msg_id, bytes::copy("\x01")}, false);
        CHECK(s.next<session::request_lost>()->id == s.once);
    }
    SUBCASE("an answer of another length breaks the link") {
        s.give(tl::msgs_state_info{question[0].msg_id, bytes::copy("\x04\x04")}, false);
        CHECK(s.next<session::link_broken>()->code == errc::bad_message);
    }
    SUBCASE("an answer to no question is ignored") {
        s.give(tl::msgs_state_info{question[0].msg_id + 4, bytes::copy("\x02")}, false);
        CHECK_FALSE(s.take());
    }
}

TEST_CASE("an answer to the first sending ends a request that was sent twice, and the second is dropped") {
    two_requests s;
    s.reconnect();
    const auto packet = s.take();
    REQUIRE(packet);
    s.answer(s.safe_id(), object(5));
    CHECK(s.next<session::answer>()->id == s.safe);
    const auto next = s.take();
    REQUIRE(next);
    CHECK(next->only<tl::rpc_drop_answer>().req_msg_id == packet->id_of(object(1)));
}

TEST_CASE("protocol 5.8: what the server says about a dropped sending is no answer to the request") {
    two_requests s;
    s.reconnect();
    const auto packet = s.take();
    REQUIRE(packet);
    REQUIRE(packet->only<tl::rpc_drop_answer>().req_msg_id == s.safe_id());
    s.forget_events();
    s.answer(s.safe_id(), tl::encode(tl::rpc_answer_dropped_running{}));
    CHECK(s.silent());
    CHECK_FALSE(s.take());  // the second sending is not dropped
    s.answer(packet->id_of(object(1)), object(5));
    CHECK(s.next<session::answer>()->id == s.safe);
}

TEST_CASE("protocol 5.8: a dropped sending is told so while the request waits to be sent again") {
    two_requests s;
    s.reconnect();
    s.forget_events();
    s.answer(s.safe_id(), tl::encode(tl::rpc_answer_dropped{1, 2, 3}));
    CHECK(s.silent());
    s.answer(s.take()->id_of(object(1)), object(5));
    CHECK(s.next<session::answer>()->id == s.safe);
}

TEST_CASE(
    "protocol 5.8: a server that dropped the answer by itself is asked again only if that does no harm") {
    two_requests s;
    s.answer(s.safe_id(), tl::encode(tl::rpc_answer_unknown{}));
    s.answer(s.once_id(), tl::encode(tl::rpc_answer_unknown{}));
    const auto lost = s.next<session::request_lost>();
    REQUIRE(lost);
    CHECK(lost->id == s.once);
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->id_of(object(1)) > s.safe_id());
    CHECK(again->id_of(object(2)) == 0);
}

TEST_CASE("requests that waited for a link keep their order behind those sent before") {
    two_requests s;
    s.under_test.disconnected(s.now);
    s.under_test.send(object(3));
    s.under_test.connected(s.now);
    const auto packet = s.take();
    REQUIRE(packet);
    CHECK(packet->id_of(object(1)) < packet->id_of(object(3)));
}

TEST_CASE("protocol 5.6: the state of a request without answer or acknowledgement is asked after 15 s") {
    two_requests s;
    s.pass(14s);
    s.take_all();
    s.pass(1s);
    const auto packet = s.take_all();
    CHECK(packet.only<tl::msgs_state_req>().msg_ids == std::vector{s.safe_id(), s.once_id()});
    s.give(tl::msgs_ack{{s.safe_id()}}, false);
    s.pass(10s);
    s.give(tl::msgs_ack{}, false);
    s.pass(5s);
    CHECK(s.take_all().only<tl::msgs_state_req>().msg_ids == std::vector{s.once_id()});
}

TEST_CASE("protocol 5.6: msgs_all_info tells the same unasked") {
    two_requests s;
    s.give(tl::msgs_all_info{{s.safe_id(), s.once_id()}, bytes::copy("\x04\x02")}, false);
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->id_of(object(2)) > s.once_id());
    CHECK(again->id_of(object(1)) == 0);
    s.give(tl::msgs_all_info{{s.safe_id()}, bytes::copy("\x04\x02")}, false);
    CHECK(s.next<session::link_broken>()->code == errc::bad_message);
}

TEST_CASE("protocol 5.6: the server is told what arrived here") {
    stage s;
    s.connect();
    const std::int64_t seen = s.give_bytes(object(1));
    const std::int64_t skipped = s.server_msg_id();
    const std::int64_t seen_too = s.give_bytes(object(2));
    const std::int64_t question =
        s.give(tl::msgs_state_req{{seen, skipped, seen_too, seen_too + (std::int64_t{1} << 40), 5}}, true);
    const auto packet = s.take();
    REQUIRE(packet);
    const auto reply = packet->only<tl::msgs_state_info>();
    CHECK(reply.req_msg_id == question);
    CHECK(reply.info == bytes::copy("\x04\x02\x04\x03\x01"));
}

TEST_CASE("protocol 5.6: msg_resend_req sends those of the requests again that are under way") {
    two_requests s;
    s.give(tl::msg_resend_req{{s.once_id(), s.once_id() + 4000}}, false);
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->messages.size() == 1);
    CHECK(again->id_of(object(2)) > s.once_id());
}

TEST_CASE("protocol 5.7: an answer not seen is asked for, one that was seen is acknowledged") {
    two_requests s;
    const std::int64_t unseen = s.server_msg_id();
    s.give(tl::msg_detailed_info{s.once_id(), unseen, 100, 0}, false);
    const std::int64_t also = unseen + (std::int64_t{1} << 20);
    s.give(tl::msg_new_detailed_info{also, 100, 0}, false);
    auto packet = s.take();
    REQUIRE(packet);
    CHECK(packet->only<tl::msg_resend_req>().msg_ids == std::vector{unseen, also});

    const std::int64_t seen = s.answer(s.once_id(), object(5));
    s.under_test.send(object(3));
    CHECK(s.take()->only<tl::msgs_ack>().msg_ids == std::vector{seen});
    s.give(tl::msg_detailed_info{s.once_id(), seen, 100, 0}, false);
    s.under_test.send(object(4));
    CHECK(s.take()->only<tl::msgs_ack>().msg_ids == std::vector{seen});
    s.give(tl::msg_new_detailed_info{seen, 100, 0}, false);
    s.under_test.send(object(6));
    packet = s.take();
    REQUIRE(packet);
    CHECK(packet->only<tl::msgs_ack>().msg_ids == std::vector{seen});
    CHECK_FALSE(packet->has<tl::msg_resend_req>());
}

TEST_CASE("protocol 5.7: an answer below the replay window is acknowledged, not fetched") {
    stage s;
    s.connect();
    const std::int64_t old = s.give_bytes(object(5));
    for (int i = 0; i < 1001; ++i)
        s.give(tl::msgs_ack{}, false);
    s.under_test.send(object(1));
    s.take_all();
    s.give(tl::msg_new_detailed_info{old, 10, 0}, false);
    s.under_test.send(object(2));
    const auto packet = s.take();
    REQUIRE(packet);
    CHECK_FALSE(packet->has<tl::msg_resend_req>());
    CHECK(packet->only<tl::msgs_ack>().msg_ids == std::vector{old});
}

TEST_CASE("protocol 5.7: the answer to a request that is over is acknowledged, not fetched") {
    two_requests s;
    s.under_test.cancel(s.once);
    s.take_all();
    const std::int64_t unseen = s.server_msg_id();
    s.give(tl::msg_detailed_info{s.once_id(), unseen, 100, 0}, false);
    s.under_test.send(object(3));
    const auto packet = s.take();
    REQUIRE(packet);
    CHECK(packet->only<tl::msgs_ack>().msg_ids == std::vector{unseen});
    CHECK_FALSE(packet->has<tl::msg_resend_req>());
}

TEST_CASE("protocol 5.8: the error that answers a cancelled request is told, for it may be a flood wait") {
    two_requests s;
    const std::int64_t asked = s.once_id();
    s.under_test.cancel(s.once);
    s.answer(asked, tl::encode(tl::rpc_error{420, "FLOOD_WAIT_42"}));
    const auto told = s.next<session::stray_failure>();
    REQUIRE(told);
    CHECK(told->code == 420);
    CHECK(told->text == "FLOOD_WAIT_42");
}

TEST_CASE("protocol 5.8: cancelling drops a request that was sent, and just forgets one that was not") {
    two_requests s;
    s.under_test.cancel(s.once);
    CHECK(s.take()->only<tl::rpc_drop_answer>().req_msg_id == s.once_id());
    s.answer(s.once_id(), object(5));
    CHECK(s.silent());
    const session::request_id waiting = s.under_test.send(object(4));
    s.under_test.cancel(waiting);
    s.under_test.cancel(waiting);
    CHECK_FALSE(s.take());
}

TEST_CASE("protocol 5.9: future salts are fetched when those known run out, and taken up in time") {
    stage s({}, session::salt_book(first_salt));
    s.under_test.connected(s.now);
    const auto first = s.take();
    REQUIRE(first);
    CHECK(first->header.salt == first_salt);
    const auto questions = first->with(tl::get_future_salts::tl_id);
    REQUIRE(questions.size() == 1);
    CHECK(first->only<tl::get_future_salts>().num == 32);
    s.answer_ping(*first);
    const auto start =
        static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::seconds>(stage::begin).count());
    tl::future_salts salts{};
    salts.req_msg_id = questions[0].msg_id;
    salts.now = start;
    salts.salts = {{start - 100, start + 1700, first_salt},
                   {start + 1700, start + 3500, 0x5555},
                   {start + 3500, start + 9000, 0x6666}};
    s.give(salts, false);
    CHECK(s.next<session::salts_changed>());
    CHECK(s.under_test.salts().known().size() == 3);
    s.under_test.send(object(1));
    const auto second = s.take();
    REQUIRE(second);
    CHECK_FALSE(second->has<tl::get_future_salts>());
    CHECK(second->header.salt == first_salt);
    s.now += 1800s;
    s.unix_now += 1800s;
    s.under_test.send(object(2));
    CHECK(s.take()->header.salt == 0x5555);
}

TEST_CASE("protocol 5.9: some servers put future_salts into an rpc_result") {
    stage s({}, session::salt_book(first_salt));
    s.under_test.connected(s.now);
    const auto first = s.take();
    REQUIRE(first);
    const auto start =
        static_cast<std::int32_t>(std::chrono::duration_cast<std::chrono::seconds>(stage::begin).count());
    tl::future_salts salts{};
    salts.now = start;
    salts.salts = {{start - 100, start + 9000, 0x7777}};
    s.answer(first->with(tl::get_future_salts::tl_id)[0].msg_id, tl::encode(salts));
    CHECK(s.next<session::salts_changed>());
    CHECK(s.under_test.salts().known().back().value == 0x7777);
}
