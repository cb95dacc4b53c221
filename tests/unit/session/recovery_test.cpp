// How a session mends what went wrong: refused messages, lost ones, lost lines and lost sessions.
#include "fake_server.hpp"

#include <algorithm>

using namespace mtproto;
using namespace mtproto::test;

namespace {

session::send_options idempotent() {
    session::send_options how;
    how.idempotent = true;
    return how;
}

// A line with two requests sent in one container: `safe` may be done twice, `once` may not.
struct two_requests : stage {
    session::request_id safe;
    session::request_id once;
    received_packet packet;
    std::vector<received_packet> sent_again;  // by wait_for_answer

    two_requests() {
        connect();
        safe = under_test.send(object(1), idempotent());
        once = under_test.send(object(2));
        packet = *take();
        REQUIRE(packet.container);
        forget_events();
    }
    std::int64_t safe_id() const { return packet.id_of(object(1)); }
    std::int64_t once_id() const { return packet.id_of(object(2)); }
    void reconnect() {
        under_test.disconnected(now);
        under_test.connected(now);
    }
};

template <class Stage>
void refuse(Stage& s, std::int64_t msg_id, std::int32_t code) {
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

TEST_CASE("protocol 5.4: codes 18, 19, 34 and 35 close the line, and the requests go out on the next") {
    for (const std::int32_t code : {18, 19, 34, 35, 99}) {
        CAPTURE(code);
        two_requests s;
        refuse(s, s.packet.header.msg_id, code);
        CHECK(s.next<session::line_broken>()->code == errc::bad_message);
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
    CHECK(s.next<session::line_broken>()->code == errc::bad_message);
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
    CHECK_FALSE(s.next<session::line_broken>());
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
    wire::open_batch({&job, 1});
    s.under_test.receive(std::move(job.outcome), s.now, s.unix_now);
    CHECK(s.silent());
}

TEST_CASE(
    "protocol 4.3: packets of a session that began anew are ignored on its line, and break the next one") {
    two_requests s;
    wire::message_header of_before = s.server_header(true);
    refuse(s, s.packet.header.msg_id, 33);
    s.forget_events();
    s.deliver(of_before, object(9));
    CHECK(s.silent());
    s.reconnect();
    of_before.msg_id = s.server_msg_id();
    s.deliver(of_before, object(9));
    CHECK(s.next<session::line_broken>()->code == errc::bad_message);
}

TEST_CASE("protocol 5.4: code 64 sends the members of the container again") {
    two_requests s;
    refuse(s, s.packet.header.msg_id, 64);
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->id_of(object(1)) > s.safe_id());
    CHECK(again->id_of(object(2)) > s.once_id());
}

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

TEST_CASE("protocol 5.5: a session that the server forgot loses what an earlier line may have carried out") {
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

TEST_CASE("protocol 5.5: a session that the server forgot in mid-line loses what it had acknowledged") {
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
    "protocol 4.8: a new line sends idempotent requests under new ids and drops the old, all in a "
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

TEST_CASE("protocol 4.8, 5.6: a new line asks about the others and sends again only what did not arrive") {
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
    SUBCASE("an answer of another length breaks the line") {
        s.give(tl::msgs_state_info{question[0].msg_id, bytes::copy("\x04\x04")}, false);
        CHECK(s.next<session::line_broken>()->code == errc::bad_message);
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

TEST_CASE("requests that waited for a line keep their order behind those sent before") {
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
    s.under_test.heard(s.now);
    s.pass(5s);
    CHECK(s.take_all().only<tl::msgs_state_req>().msg_ids == std::vector{s.once_id()});
}

namespace {

// Lets time go by on a line whose server answers pings, and every msgs_state_req with this state. Returns how
// many of these came; packets with the first request go to `sent_again`.
int wait_for_answer(two_requests& s, duration time, std::byte state) {
    int asked = 0;
    for (duration gone{}; gone < time; gone += 1s) {
        s.pass(1s);
        while (const auto packet = s.take()) {
            if (packet->has<tl::ping_delay_disconnect>()) s.answer_ping(*packet);
            for (const wire::contained& each : packet->with(tl::msgs_state_req::tl_id)) {
                const auto question = tl::decode<tl::msgs_state_req>(each.body).value();
                const std::vector<std::byte> states(question.msg_ids.size(), state);
                s.give(tl::msgs_state_info{each.msg_id, bytes::copy(states)}, false);
                ++asked;
            }
            if (packet->id_of(object(1)) != 0) s.sent_again.push_back(*packet);
        }
    }
    return asked;
}

}  // namespace

TEST_CASE("protocol 5.6: the state of an acknowledged request goes on being asked, every minute") {
    two_requests s;
    s.give(tl::msgs_ack{{s.safe_id(), s.once_id()}}, false);
    CHECK(wait_for_answer(s, 10min, std::byte{4 + 32}) == 10);  // the server works on both
    CHECK_FALSE(s.next<session::request_lost>());
    CHECK(s.sent_again.empty());
    s.answer(s.once_id(), object(5));
    CHECK(s.next<session::answer>()->id == s.once);
}

TEST_CASE("an answer that the server made and lost is made again, or given up when that might do harm") {
    for (const std::uint8_t state : {4, 4 + 8, 4 + 64, 4 + 8 + 32 + 64}) {
        CAPTURE(int{state});
        two_requests s;
        s.give(tl::msgs_ack{{s.safe_id(), s.once_id()}}, false);
        wait_for_answer(s, 3min - 1s, std::byte{state});
        CHECK(s.silent());
        wait_for_answer(s, 2s, std::byte{state});
        const auto lost = s.next<session::request_lost>();
        REQUIRE(lost);
        CHECK(lost->id == s.once);
        CHECK(lost->why == errc::connection_closed);
        REQUIRE(s.sent_again.size() == 1);
        const received_packet& again = s.sent_again[0];
        CHECK(again.only<tl::rpc_drop_answer>().req_msg_id == s.safe_id());
        s.answer(again.id_of(object(1)), object(5));
        CHECK(s.next<session::answer>()->id == s.safe);
    }
}

TEST_CASE("a request that is carried out again and again without an answer ends") {
    two_requests s;
    wait_for_answer(s, 1h, std::byte{4});
    CHECK(s.next<session::request_lost>()->id == s.once);
    const auto lost = s.next<session::request_lost>();
    REQUIRE(lost);
    CHECK(lost->id == s.safe);
    CHECK(lost->why == errc::timed_out);
    s.sent_again.clear();
    wait_for_answer(s, 1h, std::byte{4});
    CHECK(s.sent_again.empty());
}

TEST_CASE("protocol 5.7: an announced answer that the server has forgotten is made again, or given up") {
    two_requests s;
    const std::int64_t for_safe = s.server_msg_id();
    const std::int64_t for_once = s.server_msg_id();
    s.give(tl::msg_detailed_info{s.safe_id(), for_safe, 100, 0}, false);
    s.give(tl::msg_detailed_info{s.once_id(), for_once, 100, 0}, false);
    const auto asking = s.take();
    REQUIRE(asking);
    const auto question = asking->with(tl::msg_resend_req::tl_id);
    REQUIRE(question.size() == 1);
    s.give(tl::msgs_state_info{question[0].msg_id, bytes::copy("\x01\x01")}, false);
    CHECK(s.next<session::request_lost>()->id == s.once);
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->id_of(object(1)) > s.safe_id());
    CHECK(again->id_of(object(2)) == 0);
}

TEST_CASE("protocol 5.7: an announced answer is asked for again on the next line") {
    two_requests s;
    const std::int64_t unseen = s.server_msg_id();
    s.give(tl::msg_detailed_info{s.once_id(), unseen, 100, 0}, false);
    REQUIRE(s.take());
    s.reconnect();
    CHECK(s.take()->only<tl::msg_resend_req>().msg_ids == std::vector{unseen});
}

TEST_CASE("protocol 5.6: msgs_all_info tells the same unasked") {
    two_requests s;
    s.give(tl::msgs_all_info{{s.safe_id(), s.once_id()}, bytes::copy("\x04\x02")}, false);
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->id_of(object(2)) > s.once_id());
    CHECK(again->id_of(object(1)) == 0);
    s.give(tl::msgs_all_info{{s.safe_id()}, bytes::copy("\x04\x02")}, false);
    CHECK(s.next<session::line_broken>()->code == errc::bad_message);
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
