// How a session finds out that an answer is lost, and what it does then.
#include "two_requests.hpp"

using namespace mtproto;
using namespace mtproto::test;

namespace {

struct waiting : two_requests {
    std::vector<received_packet> sent_again;  // with the first request

    /// Lets time go by on a link whose server answers pings, and every msgs_state_req with this state.
    /// Returns how many of these came.
    int wait(duration time, std::byte state) {
        int asked = 0;
        for (duration gone{}; gone < time; gone += 1s) {
            pass(1s);
            while (const auto packet = take()) {
                if (packet->has<tl::ping_delay_disconnect>()) answer_ping(*packet);
                for (const wire::contained& each : packet->with(tl::msgs_state_req::tl_id)) {
                    const auto question = tl::decode<tl::msgs_state_req>(each.body).value();
                    const std::vector<std::byte> states(question.msg_ids.size(), state);
                    give(tl::msgs_state_info{each.msg_id, bytes::copy(states)}, false);
                    ++asked;
                }
                if (packet->id_of(object(1)) != 0) sent_again.push_back(*packet);
            }
        }
        return asked;
    }
};

}  // namespace

TEST_CASE("protocol 5.6: the state of an acknowledged request goes on being asked, every half minute") {
    waiting s;
    s.give(tl::msgs_ack{{s.safe_id(), s.once_id()}}, false);
    CHECK(s.wait(10min, std::byte{4 + 32}) == 20);  // the server works on both
    CHECK_FALSE(s.next<session::request_lost>());
    CHECK(s.sent_again.empty());
    s.answer(s.once_id(), object(5));
    CHECK(s.next<session::answer>()->id == s.once);
}

TEST_CASE("protocol 5.6: a state of received, whatever stands above it, counts as an acknowledgement") {
    for (const std::uint8_t state : {4 + 32, 4 + 8 + 32, 4 + 16 + 32}) {
        CAPTURE(int{state});
        waiting s;
        CHECK(s.wait(15s, std::byte{state}) == 1);
        CHECK(s.wait(10min, std::byte{state}) == 20);  // and not every 15 s
    }
}

TEST_CASE("an answer that the server made and lost is made again, or given up when that might do harm") {
    for (const std::uint8_t state : {4, 4 + 8, 4 + 64, 4 + 8 + 32 + 64}) {
        CAPTURE(int{state});
        waiting s;
        s.give(tl::msgs_ack{{s.safe_id(), s.once_id()}}, false);
        s.wait(90s - 1s, std::byte{state});
        CHECK(s.silent());
        s.wait(2s, std::byte{state});
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
    waiting s;
    s.wait(1h, std::byte{4});
    CHECK(s.next<session::request_lost>()->id == s.once);
    const auto lost = s.next<session::request_lost>();
    REQUIRE(lost);
    CHECK(lost->id == s.safe);
    CHECK(lost->why == errc::timed_out);
    s.sent_again.clear();
    s.wait(1h, std::byte{4});
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

TEST_CASE("protocol 5.7: an announced answer is asked for again on the next link") {
    two_requests s;
    const std::int64_t unseen = s.server_msg_id();
    s.give(tl::msg_detailed_info{s.once_id(), unseen, 100, 0}, false);
    REQUIRE(s.take());
    s.reconnect();
    CHECK(s.take()->only<tl::msg_resend_req>().msg_ids == std::vector{unseen});
}
