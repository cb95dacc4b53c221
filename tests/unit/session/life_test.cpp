// What proves that a link lives, and that each wait for an answer has an end.
#include "two_requests.hpp"

using namespace mtproto;
using namespace mtproto::test;

namespace {

/// A link whose server answers pings, and refuses to tell states if told so.
struct mute : stage {
    explicit mute(bool refuses) : refuses_(refuses) {}

    void wait(duration time) {
        for (duration gone{}; gone < time; gone += 1s) {
            pass(1s);
            while (const auto packet = take()) {
                if (packet->has<tl::ping_delay_disconnect>()) answer_ping(*packet);
                if (packet->id_of(object(1)) != 0) ++sent;
                for (const wire::contained& each : packet->with(tl::msgs_state_req::tl_id)) {
                    ++asked;
                    if (refuses_) answer(each.msg_id, tl::encode(tl::rpc_error{500, "NOT_IMPLEMENTED"}));
                }
            }
        }
    }

    int asked = 0;  // for states
    int sent = 0;   // the first request

  private:
    bool refuses_;
};

}  // namespace

TEST_CASE("only a packet that verifies and is no replay proves a link") {
    stage s;
    s.under_test.connected(s.now);
    const auto first = s.take();
    REQUIRE(first);
    CHECK_FALSE(s.under_test.proven());
    s.under_test.heard(s.now);
    CHECK_FALSE(s.under_test.proven());
    const wire::message_header header = s.server_header(true);
    s.deliver(header, object(9));
    CHECK(s.under_test.proven());

    s.under_test.disconnected(s.now);
    s.under_test.connected(s.now);
    CHECK_FALSE(s.under_test.proven());
    s.deliver(header, object(9));  // by somebody who has kept it
    CHECK_FALSE(s.under_test.proven());
    s.pass(1s);
    s.take_all();
    for (int i = 0; i < 10; ++i) {
        s.deliver(header, object(9));
        s.pass(500ms);
    }
    CHECK_FALSE(s.under_test.proven());
}

TEST_CASE("a replay does not end the doubt about a link") {
    stage s;
    s.connect();
    const wire::message_header header = s.server_header(true);
    s.deliver(header, object(9));
    s.under_test.check(s.now);
    s.deliver(header, object(9));
    CHECK(s.under_test.doubted());
    s.give_bytes(object(10));
    CHECK_FALSE(s.under_test.doubted());
}

TEST_CASE("what comes for a session of ours that has ended is passed over, what was never ours is an error") {
    stage s;
    s.connect();
    s.forget_events();
    s.under_test.passes_over(4711);
    wire::message_header late = s.server_header(true);
    late.session_id = 4711;
    s.under_test.check(s.now);
    s.deliver(late, object(9));
    CHECK(s.silent());
    CHECK(s.under_test.doubted());  // nor does it prove anything
    s.under_test.disconnected(s.now);
    s.under_test.connected(s.now);
    s.deliver(late, object(9));
    CHECK(s.silent());
    late.session_id = 4712;
    s.deliver(late, object(9));
    CHECK(s.next<session::link_broken>()->text == "a packet of another session");
}

TEST_CASE("a request that a living link never answers ends, by its time") {
    for (const bool idempotent : {true, false}) {
        CAPTURE(idempotent);
        mute s(false);
        s.connect();
        s.forget_events();
        session::send_options how;
        how.idempotent = idempotent;
        const session::request_id id = s.under_test.send(object(1), how);
        s.wait(99s);
        CHECK_FALSE(s.next<session::request_lost>());
        s.wait(2s);
        const auto lost = s.next<session::request_lost>();
        REQUIRE(lost);
        CHECK(lost->id == id);
        CHECK(lost->why == errc::timed_out);
        CHECK_FALSE(s.next<session::link_broken>());
    }
}

TEST_CASE("... later while those before it are answered, as on a slow link") {
    mute s(false);
    s.connect();
    session::send_options how;
    how.idempotent = true;
    std::vector<std::int64_t> ids;
    for (int i = 1; i <= 4; ++i) {
        s.under_test.send(object(i), how);
        ids.push_back(s.take()->id_of(object(i)));
    }
    for (int i = 0; i < 3; ++i) {
        s.wait(80s);
        s.answer(ids[static_cast<std::size_t>(i)], object(9));
    }
    CHECK_FALSE(s.next<session::request_lost>());
    s.wait(98s);
    CHECK_FALSE(s.next<session::request_lost>());
    s.wait(3s);
    CHECK(s.next<session::request_lost>()->why == errc::timed_out);
}

TEST_CASE("... but not while only those behind it are") {
    mute s(false);
    s.connect();
    session::send_options how;
    how.idempotent = true;
    const session::request_id first = s.under_test.send(object(1), how);
    for (int i = 2; i <= 4; ++i) {
        s.wait(30s);
        s.under_test.send(object(i), how);
        s.answer(s.take()->id_of(object(i)), object(9));
    }
    s.wait(11s);
    const auto lost = s.next<session::request_lost>();
    REQUIRE(lost);
    CHECK(lost->id == first);
}

TEST_CASE("protocol 5.6: where states are refused, what an earlier link carried is given up when in doubt") {
    two_requests s;
    s.reconnect();
    const auto packet = s.take();
    REQUIRE(packet);
    const auto question = packet->with(tl::msgs_state_req::tl_id);
    REQUIRE(question.size() == 1);
    s.answer(question[0].msg_id, tl::encode(tl::rpc_error{500, "NOT_IMPLEMENTED"}));
    const auto lost = s.next<session::request_lost>();
    REQUIRE(lost);
    CHECK(lost->id == s.once);
    CHECK(lost->why == errc::connection_closed);
    s.answer(packet->id_of(object(1)), object(5));
    CHECK(s.next<session::answer>()->id == s.safe);
}

TEST_CASE("protocol 5.6: where states are refused, what may be done twice is sent again after three times") {
    mute s(true);
    s.connect();
    session::send_options how;
    how.idempotent = true;
    s.under_test.send(object(1), how);
    s.wait(45s);
    CHECK(s.sent == 1);
    s.wait(2s);
    CHECK(s.sent == 2);
    CHECK(s.asked == 3);
    s.wait(60s);
    CHECK(s.next<session::request_lost>()->why == errc::timed_out);
}

TEST_CASE("protocol 5.6: where states are refused, what may not be done twice is waited for to the end") {
    mute s(true);
    s.connect();
    s.under_test.send(object(1));
    s.wait(99s);
    CHECK_FALSE(s.next<session::request_lost>());
    CHECK(s.sent == 1);
    s.wait(2s);
    CHECK(s.next<session::request_lost>()->why == errc::timed_out);
}

TEST_CASE("protocol 5.6: a state that comes as the result of a request is one, too") {
    two_requests s;
    s.reconnect();
    const auto packet = s.take();
    REQUIRE(packet);
    const auto question = packet->with(tl::msgs_state_req::tl_id);
    REQUIRE(question.size() == 1);
    s.answer(question[0].msg_id, tl::encode(tl::msgs_state_info{question[0].msg_id, bytes::copy("\x02")}));
    const auto again = s.take();
    REQUIRE(again);
    CHECK(again->id_of(object(2)) > s.once_id());
}
