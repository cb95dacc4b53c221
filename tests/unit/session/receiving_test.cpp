// What a session makes of what it receives.
#include "fake_server.hpp"

#include <algorithm>
#include <string>

using namespace mtproto;
using namespace mtproto::test;

namespace {

void breaks(stage& s, errc code) {
    const auto broken = s.next<session::link_broken>();
    REQUIRE(broken);
    CHECK(broken->code == code);
    s.under_test.send(object(99));
    CHECK_FALSE(s.take());
}

// One request under way: its id and its msg_id.
struct asked {
    session::request_id id;
    std::int64_t msg_id = 0;
};
asked ask(stage& s, const bytes& body, bool idempotent = false) {
    session::send_options how;
    how.idempotent = idempotent;
    const session::request_id id = s.under_test.send(body, how);
    const auto packet = s.take();
    REQUIRE(packet);
    return {id, packet->id_of(body)};
}

}  // namespace

TEST_CASE("protocol 5.8: rpc_result ends its request with a slice of the packet") {
    stage s;
    s.connect();
    const asked a = ask(s, object(1));
    s.answer(a.msg_id, object(5));
    const auto answer = s.next<session::answer>();
    REQUIRE(answer);
    CHECK(answer->id == a.id);
    CHECK(answer->body == object(5));
    s.answer(a.msg_id, object(5));
    CHECK(s.silent());
}

TEST_CASE("an answer's body is not copied out of the packet") {
    stage s;
    s.connect();
    const asked a = ask(s, object(1));
    wire::sealed sealed = wire::seal(s.key, wire::role::server, s.server_header(true),
                                     wire::write_rpc_result(a.msg_id, object(5)), s.random);
    wire::open_job job = s.under_test.prepare(std::move(sealed.data));
    const byte_view packet = job.data.view();
    s.under_test.receive(wire::open(std::move(job)), s.now, s.unix_now);
    const auto answer = s.next<session::answer>();
    REQUIRE(answer);
    CHECK(answer->body.data() >= packet.data());
    CHECK(answer->body.data() < packet.data() + packet.size());
}

TEST_CASE("protocol 5.8: rpc_error becomes a failure with its code and text") {
    stage s;
    s.connect();
    const asked a = ask(s, object(1));
    s.answer(a.msg_id, tl::encode(tl::rpc_error{420, "FLOOD_WAIT_42"}));
    const auto failure = s.next<session::rpc_failure>();
    REQUIRE(failure);
    CHECK(failure->id == a.id);
    CHECK(failure->code == 420);
    CHECK(failure->text == "FLOOD_WAIT_42");
}

TEST_CASE("protocol 5.2: gzip_packed inside rpc_result is inflated, errors too") {
    stage s;
    s.connect();
    const bytes large = bytes::copy(std::vector<std::byte>(10'000, std::byte{1}));
    const asked a = ask(s, object(1));
    s.answer(a.msg_id, wire::pack_gzip(large).value());
    CHECK(s.next<session::answer>()->body == large);

    const asked b = ask(s, object(2));
    const bytes error = tl::encode(tl::rpc_error{400, std::string(400, 'X')});
    s.answer(b.msg_id, wire::pack_gzip(error).value());
    CHECK(s.next<session::rpc_failure>()->code == 400);
}

TEST_CASE("protocol 5.2: an answer that inflates beyond the limit ends its request, not the link") {
    session::options settings;
    settings.inflated_limit = 1000;
    stage s(settings);
    s.connect();
    const asked a = ask(s, object(1));
    s.answer(a.msg_id, wire::pack_gzip(std::vector<std::byte>(10'000)).value());
    const auto lost = s.next<session::request_lost>();
    REQUIRE(lost);
    CHECK(lost->id == a.id);
    CHECK(lost->why == errc::too_large);
    CHECK(s.silent());
}

TEST_CASE(
    "protocol 5.2: the answers of one packet inflate to so much together, those of the next to as much "
    "again") {
    session::options settings;
    settings.packet_inflated_limit = 25'000;
    stage s(settings);
    s.connect();
    const bytes packed = wire::pack_gzip(std::vector<std::byte>(10'000, std::byte{1})).value();
    for (int round = 0; round < 2; ++round) {
        std::vector<asked> all;
        for (int i = 0; i < 4; ++i)
            all.push_back(ask(s, object(1)));
        s.forget_events();
        std::vector<wire::contained> inside;
        for (const asked& each : all)
            inside.push_back({s.server_msg_id(), static_cast<std::int32_t>(2 * inside.size() + 1),
                              wire::write_rpc_result(each.msg_id, packed)});
        s.give_container(inside);
        for (int i = 0; i < 2; ++i)
            CHECK(s.next<session::answer>()->id == all[static_cast<std::size_t>(i)].id);
        for (int i = 2; i < 4; ++i) {
            const auto lost = s.next<session::request_lost>();
            REQUIRE(lost);
            CHECK(lost->id == all[static_cast<std::size_t>(i)].id);
            CHECK(lost->why == errc::too_large);
        }
    }
}

TEST_CASE("a damaged gzip_packed or rpc_error ends its request with errc::malformed") {
    stage s;
    s.connect();
    const asked a = ask(s, object(1));
    const bytes packed = wire::pack_gzip(std::vector<std::byte>(1000)).value();
    std::vector<std::byte> damaged(packed.begin(), packed.end());
    damaged[damaged.size() - 8] ^= std::byte{0xff};  // in gzip's checksum or size
    s.answer(a.msg_id, bytes::copy(damaged));
    CHECK(s.next<session::request_lost>()->why == errc::malformed);

    const asked b = ask(s, object(2));
    s.answer(b.msg_id, tl::encode(tl::rpc_error{400, "X"}).slice(0, 8));
    CHECK(s.next<session::request_lost>()->why == errc::malformed);
}

TEST_CASE("protocol 5.1: a container's messages are taken one by one, and an empty one is fine") {
    stage s;
    s.connect();
    const asked a = ask(s, object(1));
    const asked b = ask(s, object(2));
    s.forget_events();
    s.give_container({});
    CHECK(s.silent());
    const std::int64_t first = s.server_msg_id();
    const std::int64_t second = s.server_msg_id();
    s.give_container({{first, 1, wire::write_rpc_result(b.msg_id, object(12))},
                      {second, 3, wire::write_rpc_result(a.msg_id, object(11))}});
    CHECK(s.next<session::answer>()->id == b.id);
    CHECK(s.next<session::answer>()->id == a.id);
    s.under_test.send(object(3));
    CHECK(s.take()->only<tl::msgs_ack>().msg_ids == std::vector{first, second});
}

TEST_CASE("protocol 5.1: a container inside a container breaks the link") {
    stage s;
    s.connect();
    s.give_container({{s.server_msg_id(), 0, wire::write_container({})}});
    breaks(s, errc::bad_message);
}

TEST_CASE("protocol 5.2: updates may come packed; a container may not") {
    stage s;
    s.connect();
    s.forget_events();
    const bytes large = bytes::copy(std::vector<std::byte>(1000, std::byte{1}));
    const std::int64_t id = s.give_bytes(wire::pack_gzip(large).value());
    CHECK(s.next<session::update>()->body == large);
    s.under_test.send(object(1));
    CHECK(s.take()->only<tl::msgs_ack>().msg_ids == std::vector{id});
    std::vector<wire::contained> many;
    for (int i = 0; i < 50; ++i)
        many.push_back({s.server_msg_id(), 1, object(1)});
    s.give_bytes(wire::pack_gzip(wire::write_container(many)).value());
    breaks(s, errc::bad_message);
}

TEST_CASE("what nobody asked for is an update") {
    stage s;
    s.connect();
    s.forget_events();
    s.give_bytes(object(77));
    CHECK(s.next<session::update>()->body == object(77));
}

TEST_CASE("protocol 4.3: a packet that does not verify breaks the link") {
    stage s;
    s.connect();
    wire::sealed sealed = wire::seal(s.key, wire::role::server, s.server_header(true), object(1), s.random);
    sealed.data.span()[sealed.data.size - 1] ^= std::byte{1};
    s.under_test.receive(wire::open(s.under_test.prepare(std::move(sealed.data))), s.now, s.unix_now);
    breaks(s, errc::bad_message_key);
}

TEST_CASE("protocol 4.3: a packet of another session breaks the link") {
    stage s;
    s.connect();
    wire::message_header header = s.server_header(true);
    header.session_id ^= 1;
    s.deliver(header, object(1));
    breaks(s, errc::bad_message);
}

TEST_CASE("protocol 4.3, 4.6: an even msg_id breaks the link, inside a container too") {
    {
        stage s;
        s.connect();
        wire::message_header header = s.server_header(true);
        header.msg_id &= ~std::int64_t{3};
        s.deliver(header, object(1));
        breaks(s, errc::bad_message);
    }
    {
        stage s;
        s.connect();
        s.give_container({{s.server_msg_id() & ~std::int64_t{3}, 1, object(1)}});
        breaks(s, errc::bad_message);
    }
}

TEST_CASE("protocol 4.4: a message seen before is ignored and acknowledged again") {
    stage s;
    s.connect();
    s.forget_events();
    const wire::message_header header = s.server_header(true);
    s.deliver(header, object(1));
    CHECK(s.next<session::update>());
    s.under_test.send(object(2));
    CHECK(s.take()->only<tl::msgs_ack>().msg_ids == std::vector{header.msg_id});
    s.deliver(header, object(1));
    CHECK(s.silent());
    s.under_test.send(object(3));
    CHECK(s.take()->only<tl::msgs_ack>().msg_ids == std::vector{header.msg_id});
}

TEST_CASE("protocol 4.4: a container seen before has its members acknowledged again") {
    stage s;
    s.connect();
    s.forget_events();
    const std::int64_t member = s.server_msg_id();
    const bytes container = wire::write_container(std::vector<wire::contained>{{member, 1, object(1)}});
    const wire::message_header header = s.server_header(false);
    for (int round = 0; round < 2; ++round) {
        s.deliver(header, container);
        CHECK(s.next<session::update>().has_value() == (round == 0));
        s.under_test.send(object(2));
        CHECK(s.take()->only<tl::msgs_ack>().msg_ids == std::vector{member});
    }
}

TEST_CASE("protocol 4.4: a message that came alone is not taken again inside a container") {
    stage s;
    s.connect();
    s.forget_events();
    const wire::message_header header = s.server_header(true);
    s.deliver(header, object(1));
    CHECK(s.next<session::update>());
    s.give_container({{header.msg_id, 1, object(1)}});
    CHECK(s.silent());
}

TEST_CASE("protocol 4.4: a msg_id below a full window ends the session") {
    stage s;
    s.connect();
    const wire::message_header old = s.server_header(true);
    for (int i = 0; i < 1001; ++i)
        s.give(tl::msgs_ack{}, false);
    s.forget_events();
    const std::int64_t session_id = s.under_test.session_id();
    s.deliver(old, object(1));
    CHECK(s.next<session::session_reset>());
    breaks(s, errc::replayed);
    CHECK(s.under_test.session_id() != session_id);
}

TEST_CASE("protocol 4.4: an answer below a full window is still taken from a container, once") {
    stage s;
    s.connect();
    const asked a = ask(s, object(1));
    const std::int64_t old = s.server_msg_id();
    for (int i = 0; i < 1001; ++i)
        s.give(tl::msgs_ack{}, false);
    s.forget_events();
    s.give_container({{old, 1, wire::write_rpc_result(a.msg_id, object(5))}});
    CHECK(s.next<session::answer>()->id == a.id);
    s.give_container({{old, 1, wire::write_rpc_result(a.msg_id, object(5))}});
    CHECK(s.silent());
}

TEST_CASE("protocol 4.5: once synchronised, msg_ids must lie within -300 and +30 s of the server's time") {
    struct sample {
        duration shift;
        bool fine;
    };
    for (const sample& each :
         {sample{-299s, true}, sample{-301s, false}, sample{29s, true}, sample{31s, false}}) {
        CAPTURE(each.shift.count());
        stage s;
        s.connect();
        s.forget_events();
        wire::message_header header = s.server_header(true);
        header.msg_id = wire::msg_id_at(s.unix_now + each.shift) | 1;
        s.deliver(header, object(1));
        if (each.fine)
            CHECK(s.next<session::update>());
        else
            breaks(s, errc::bad_message);
    }
}

TEST_CASE("protocol 4.5: the first pong of a link tells the server's time, however wrong this clock is") {
    for (const duration ahead : {duration(5000s), duration(-5000s)}) {
        stage s;
        s.server_ahead = ahead;
        s.connect();
        const auto changed = s.next<session::time_changed>();
        REQUIRE(changed);
        CHECK(std::chrono::abs(changed->offset - ahead) < 1s);
        CHECK(s.under_test.time_offset() == changed->offset);
        s.give_bytes(object(1));
        CHECK(s.next<session::update>());
    }
}

TEST_CASE("protocol 4.5: the offset is the largest difference seen") {
    stage s;
    s.connect();
    const duration before = s.under_test.time_offset();
    s.server_ahead = 20s;
    s.give_bytes(object(1));
    CHECK(s.under_test.time_offset() - before > 19s);
    const duration largest = s.under_test.time_offset();
    s.now += 10s;
    s.unix_now += 10s;  // this packet took ten seconds
    s.server_ahead = 10s;
    s.give_bytes(object(2));
    CHECK(s.under_test.time_offset() == largest);
}

TEST_CASE("protocol 4.5: a pong that came late does not tell the time") {
    stage s;
    s.under_test.connected(s.now);
    const auto first = s.take();
    const auto ping = first->only<tl::ping_delay_disconnect>();
    const wire::message_header header = s.server_header(false);
    s.now += 60s;
    s.unix_now += 60s;
    s.deliver(header, tl::encode(tl::pong{1, ping.ping_id}));
    CHECK(s.under_test.time_offset() > -1s);
    s.give_bytes(object(1));  // sent just now, not from the future
    CHECK(s.next<session::update>());
}

TEST_CASE("protocol 4.5: setting this machine's clock neither breaks a link nor moves its msg_ids") {
    for (const duration step : {duration(-1h), duration(-60s), duration(400s), duration(1h)}) {
        CAPTURE(step.count());
        stage s;
        s.connect();
        s.forget_events();
        s.unix_now += step;
        s.server_ahead = -step;
        s.give_bytes(object(1));
        CHECK(s.next<session::update>());
        s.under_test.send(object(2));
        const auto packet = s.take();
        REQUIRE(packet);
        CHECK(std::chrono::abs(wire::time_of(packet->header.msg_id) - stage::begin) < 1s);
        CHECK_FALSE(s.next<session::link_broken>());
        // The next link learns how far the clock is off now.
        s.under_test.disconnected(s.now);
        s.connect();
        const auto changed = s.next<session::time_changed>();
        REQUIRE(changed);
        CHECK(std::chrono::abs(changed->offset + step) < 1s);
    }
}

TEST_CASE("a pong for another ping is none, so it does not tell the time") {
    stage s;
    s.server_ahead = -5000s;
    s.under_test.connected(s.now);
    const auto first = s.take();
    REQUIRE(first);
    s.give(tl::pong{1, 12345}, false);
    CHECK(s.under_test.time_offset() == 0s);
    s.answer_ping(*first);
    CHECK(s.under_test.time_offset() < -4999s);
}

TEST_CASE("malformed service messages break the link") {
    const std::uint32_t ids[] = {tl::bad_msg_notification::tl_id,
                                 tl::bad_server_salt::tl_id,
                                 tl::new_session_created::tl_id,
                                 tl::msgs_ack::tl_id,
                                 tl::msgs_state_info::tl_id,
                                 tl::msgs_all_info::tl_id,
                                 tl::msgs_state_req::tl_id,
                                 tl::msg_resend_req::tl_id,
                                 tl::msg_detailed_info::tl_id,
                                 tl::msg_new_detailed_info::tl_id,
                                 tl::pong::tl_id,
                                 tl::future_salts::tl_id,
                                 wire::rpc_result_id,
                                 wire::msg_container_id,
                                 wire::gzip_packed_id};
    for (const std::uint32_t id : ids) {
        CAPTURE(id);
        stage s;
        s.connect();
        std::array<std::byte, 4> body;
        tl::writer(body).u32(id);
        s.give_bytes(bytes::copy(body));
        breaks(s, errc::bad_message);
    }
}

TEST_CASE("an empty message breaks the link") {
    stage s;
    s.connect();
    s.give_bytes(bytes());
    breaks(s, errc::bad_message);
}

TEST_CASE("packets of a link that is gone are ignored") {
    stage s;
    s.connect();
    s.forget_events();
    s.under_test.disconnected(s.now);
    s.give_bytes(object(1));
    CHECK(s.silent());
}

TEST_CASE("protocol 5.10: the service answers that nobody waits for are swallowed") {
    stage s;
    s.connect();
    s.forget_events();
    s.give(tl::destroy_session_ok{5});
    s.give(tl::destroy_session_none{5});
    s.give(tl::rpc_answer_unknown{});
    s.give(tl::rpc_answer_dropped_running{});
    s.give(tl::rpc_answer_dropped{1, 2, 3});
    CHECK(s.silent());
}
