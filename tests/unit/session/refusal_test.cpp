// How a session mends refused messages: wrong times, salts and numbers.
#include "two_requests.hpp"

using namespace mtproto;
using namespace mtproto::test;

namespace {

void refuse(stage& s, std::int64_t msg_id, std::int32_t code) {
    s.give(tl::bad_msg_notification{msg_id, 0, code}, false);
}

}  // namespace

TEST_CASE("protocol 5.4: code 48 takes the salt and sends the container's members again with new ids") {
    two_requests s;
    s.give(tl::bad_server_salt{s.packet.header.msg_id, 0, 48, 0x2222}, false);
    CHECK(s.next<session::salts_changed>());
    CHECK(s.under_test.salts().known().front().value == 0x2222);
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->header.salt == 0x2222);
    CHECK(again->id_of(object(1)) > s.safe_id());
    CHECK(again->id_of(object(2)) > s.once_id());
    CHECK(again->id_of(object(1)) < again->id_of(object(2)));
}

TEST_CASE("protocol 5.4: code 48 about one message sends that one again") {
    two_requests s;
    s.give(tl::bad_server_salt{s.once_id(), 0, 48, 0x2222}, false);
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->id_of(object(2)) != 0);
    CHECK(again->id_of(object(1)) == 0);
}

TEST_CASE(
    "protocol 5.4: what a refused packet acknowledged, dropped, asked and replied is said again, once") {
    two_requests s;
    const std::int64_t received = s.give_bytes(object(7));
    const std::int64_t unseen = s.server_msg_id();
    s.under_test.cancel(s.once);
    s.give(tl::msg_new_detailed_info{unseen, 100, 0}, false);
    s.give(tl::msgs_state_req{{received}}, false);
    s.pass(15s);  // the state of what is under way is asked
    const auto refused = s.take();
    REQUIRE(refused);
    std::vector<std::uint32_t> said;
    for (const wire::contained& each : refused->messages)
        said.push_back(wire::constructor_of(each.body));
    REQUIRE(said.size() == 6);  // those five and a ping
    std::int64_t about = refused->header.msg_id;
    SUBCASE("code 48") {
        s.give(tl::bad_server_salt{about, 0, 48, 0x2222}, false);
    }
    SUBCASE("code 16") {
        refuse(s, about, 16);
    }
    SUBCASE("code 64") {
        refuse(s, about, 64);
    }
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->only<tl::msgs_ack>().msg_ids == std::vector{received});
    CHECK(again->only<tl::rpc_drop_answer>().req_msg_id == s.once_id());
    CHECK(again->only<tl::msg_resend_req>().msg_ids == std::vector{unseen});
    CHECK(again->only<tl::msgs_state_req>().msg_ids == std::vector{s.safe_id()});
    CHECK(again->has<tl::msgs_state_info>());
    CHECK(again->has<tl::ping_delay_disconnect>());
    refuse(s, about, 16);
    CHECK_FALSE(s.take());
}

TEST_CASE("protocol 5.4: a refusal of one service message repeats that one only") {
    two_requests s;
    const std::int64_t received = s.give_bytes(object(7));
    s.under_test.cancel(s.once);
    const auto packet = s.take();
    REQUIRE(packet);
    refuse(s, packet->with(tl::msgs_ack::tl_id).at(0).msg_id, 16);
    s.under_test.send(object(3));
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->only<tl::msgs_ack>().msg_ids == std::vector{received});
    CHECK_FALSE(again->has<tl::rpc_drop_answer>());
}

TEST_CASE("protocol 5.4: a notification about a message that was never sent is ignored") {
    two_requests s;
    for (const std::int32_t code : {16, 17, 18, 20, 32, 64})
        refuse(s, s.once_id() + 4000, code);
    s.give(tl::bad_server_salt{s.once_id() + 4000, 0, 48, 0x2222}, false);
    CHECK(s.silent());
    CHECK_FALSE(s.take());
    CHECK(s.under_test.salts().known().front().value == first_salt);
}

TEST_CASE("protocol 5.4: code 16 fixes the time and sends with a new id") {
    stage s;
    s.server_ahead = 4000s;
    s.under_test.connected(s.now);
    const session::request_id id = s.under_test.send(object(1));
    const auto first = s.take();
    REQUIRE(first);
    refuse(s, first->header.msg_id, 16);
    CHECK(s.next<session::time_changed>()->offset >= 3999s);
    const auto again = s.take();
    REQUIRE(again);
    const std::int64_t msg_id = again->id_of(object(1));
    CHECK(wire::time_of(msg_id) - s.unix_now >= 3999s);
    CHECK(again->has<tl::ping_delay_disconnect>());  // it was refused with the rest
    s.answer(msg_id, object(5));
    CHECK(s.next<session::answer>()->id == id);
}

TEST_CASE("protocol 5.4: code 17 resets the time hard and begins a new session") {
    stage s;
    s.server_ahead = -4000s;
    const std::int64_t session_id = s.under_test.session_id();
    const session::request_id id = s.under_test.send(object(1));  // not idempotent, but certainly refused
    s.under_test.connected(s.now);
    const auto first = s.take();
    REQUIRE(first);
    refuse(s, first->header.msg_id, 17);
    CHECK(s.next<session::session_reset>());
    CHECK(s.under_test.session_id() != session_id);
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->header.session_id == s.under_test.session_id());
    const std::int64_t msg_id = again->id_of(object(1));
    CHECK(wire::time_of(msg_id) - s.unix_now <= -3999s);
    CHECK(again->only<tl::destroy_session>().session_id == session_id);
    CHECK(again->with(tl::ping_delay_disconnect::tl_id)[0].seqno == 0);
    s.answer(msg_id, object(5));
    CHECK(s.next<session::answer>()->id == id);
}

TEST_CASE("protocol 5.4: codes 18, 19, 34 and 35 close the link, and the requests go out on the next") {
    for (const std::int32_t code : {18, 19, 34, 35, 99}) {
        CAPTURE(code);
        two_requests s;
        refuse(s, s.packet.header.msg_id, code);
        CHECK(s.next<session::link_broken>()->code == errc::bad_message);
        s.reconnect();
        const auto again = s.take();
        REQUIRE(again);
        CHECK(again->id_of(object(1)) > s.safe_id());
        CHECK(again->id_of(object(2)) > s.once_id());
    }
}

TEST_CASE("a request that is refused again and again is given up") {
    two_requests s;
    received_packet last = s.packet;
    for (int i = 0; i < 4; ++i) {
        refuse(s, last.header.msg_id, 64);
        CHECK_FALSE(s.next<session::request_lost>());
        last = *s.take();
    }
    refuse(s, last.header.msg_id, 64);
    CHECK(s.next<session::request_lost>()->why == errc::bad_message);
    CHECK(s.next<session::request_lost>()->why == errc::bad_message);
    CHECK_FALSE(s.take());
}

TEST_CASE("a server that refuses every packet is not answered for ever") {
    stage s;
    s.under_test.connected(s.now);
    std::optional<received_packet> out = s.take();
    std::int64_t salt = 0x3000;
    int rounds = 0;
    for (; out && rounds < 1000; ++rounds) {
        s.give(tl::bad_server_salt{out->header.msg_id, 0, 48, ++salt}, false);
        out = s.take();
    }
    CHECK(rounds < 100);
    CHECK(s.next<session::link_broken>()->code == errc::bad_message);
}

TEST_CASE("protocol 5.4: any number of packets may be under way when the salt changes") {
    stage s;
    s.connect();
    s.forget_events();
    std::vector<std::int64_t> packets;
    for (int i = 0; i < 100; ++i) {
        s.under_test.send(object(i));
        packets.push_back(s.take()->header.msg_id);
    }
    for (const std::int64_t each : packets)
        s.give(tl::bad_server_salt{each, 0, 48, 0x2222}, false);
    CHECK_FALSE(s.next<session::link_broken>());
    CHECK(s.take_all().with(0x0badf00d).size() == 100);
}

TEST_CASE("protocol 5.4: code 20 sends again what may be done twice and fails the rest") {
    two_requests s;
    refuse(s, s.packet.header.msg_id, 20);
    const auto lost = s.next<session::request_lost>();
    REQUIRE(lost);
    CHECK(lost->id == s.once);
    CHECK(lost->why == errc::connection_closed);
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->id_of(object(1)) != 0);
    CHECK(again->id_of(object(2)) == 0);
}

TEST_CASE("protocol 5.4: codes 32 and 33 begin a new session with seqno at 0") {
    for (const std::int32_t code : {32, 33}) {
        CAPTURE(code);
        two_requests s;
        const std::int64_t session_id = s.under_test.session_id();
        refuse(s, s.packet.header.msg_id, code);
        CHECK(s.next<session::session_reset>());
        CHECK(s.under_test.session_id() != session_id);
        const auto again = s.take();
        REQUIRE(again);
        CHECK(again->with(0x0badf00d)[0].seqno == 1);
        CHECK(again->id_of(object(1)) > s.safe_id());
        CHECK(again->id_of(object(2)) > s.once_id());
    }
}

TEST_CASE("a new session fails what the old one may have carried out") {
    two_requests s;
    const session::request_id third = s.under_test.send(object(3));
    const auto packet = s.take();
    REQUIRE(packet);
    refuse(s, packet->header.msg_id, 33);
    const auto lost = s.next<session::request_lost>();
    REQUIRE(lost);
    CHECK(lost->id == s.once);  // the third was refused, so it is not lost
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->id_of(object(1)) != 0);
    CHECK(again->id_of(object(3)) != 0);
    s.answer(again->id_of(object(3)), object(5));
    CHECK(s.next<session::answer>()->id == third);
}

TEST_CASE("packets that were under way when the session began anew are ignored") {
    two_requests s;
    wire::sealed sealed = wire::seal(s.key, wire::role::server, s.server_header(true), object(9), s.random);
    wire::open_job job = s.under_test.prepare(std::move(sealed.data));
    refuse(s, s.packet.header.msg_id, 33);
    s.forget_events();
    s.under_test.receive(wire::open(std::move(job)), s.now, s.unix_now);
    CHECK(s.silent());
}

TEST_CASE("protocol 4.3: packets of a session of ours that began anew are ignored, on the next link, too") {
    two_requests s;
    wire::message_header of_before = s.server_header(true);
    refuse(s, s.packet.header.msg_id, 33);
    s.forget_events();
    s.deliver(of_before, object(9));
    CHECK(s.silent());
    s.reconnect();
    of_before.msg_id = s.server_msg_id();
    s.deliver(of_before, object(9));
    CHECK(s.silent());
    ++of_before.session_id;
    s.deliver(of_before, object(9));
    CHECK(s.next<session::link_broken>()->code == errc::bad_message);
}

TEST_CASE("protocol 5.4: code 64 sends the members of the container again") {
    two_requests s;
    refuse(s, s.packet.header.msg_id, 64);
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->id_of(object(1)) > s.safe_id());
    CHECK(again->id_of(object(2)) > s.once_id());
}
