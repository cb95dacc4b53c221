// What a session sends: numbering, containers, acknowledgements, pings.
#include "fake_server.hpp"

#include <algorithm>

using namespace mtproto;
using namespace mtproto::test;

TEST_CASE("a session sends nothing without a link") {
    stage s;
    s.under_test.send(object(1));
    CHECK_FALSE(s.take());
    CHECK_FALSE(s.under_test.deadline());
    s.under_test.connected(s.now);
    CHECK(s.take()->id_of(object(1)) != 0);
}

TEST_CASE(
    "protocol 5.10: a link begins with ping_delay_disconnect, and one follows every 30 s with delay 60") {
    stage s;
    s.under_test.connected(s.now);
    const auto first = s.take();
    REQUIRE(first);
    CHECK(first->only<tl::ping_delay_disconnect>().disconnect_delay == 60);
    s.answer_ping(*first);
    CHECK_FALSE(s.take());
    CHECK(s.under_test.deadline() == s.now + 30s);
    s.pass(29s);
    CHECK_FALSE(s.take());
    s.pass(1s);
    const auto second = s.take();
    REQUIRE(second);
    CHECK(second->has<tl::ping_delay_disconnect>());
    CHECK(second->messages.size() == 1);
}

TEST_CASE("a session without keep-alive never pings, whatever happens") {
    session::options settings;
    settings.keep_alive = false;
    stage s(settings);
    s.under_test.send(object(1));
    s.under_test.connected(s.now);
    const auto packet = s.take();
    REQUIRE(packet);
    CHECK(packet->messages.size() == 1);
    s.pass(1min);
    while (const auto later = s.take())
        CHECK_FALSE(later->has<tl::ping_delay_disconnect>());
}

TEST_CASE("protocol 4.7: seqno counts content-related messages only") {
    stage s;
    s.under_test.send(object(1));
    s.under_test.send(object(2));
    s.under_test.connected(s.now);
    const auto packet = s.take();
    REQUIRE(packet);
    REQUIRE(packet->container);
    REQUIRE(packet->messages.size() == 3);
    CHECK(packet->messages[0].seqno == 0);  // the ping
    CHECK(packet->messages[1].seqno == 1);
    CHECK(packet->messages[2].seqno == 3);
    CHECK(packet->header.seqno == 4);  // the container
    s.under_test.send(object(3));
    const auto alone = s.take();
    REQUIRE(alone);
    CHECK_FALSE(alone->container);
    CHECK(alone->header.seqno == 5);
}

TEST_CASE(
    "protocol 4.6, 4.7: msg_ids are the time's, divisible by 4, increasing, and a container's exceeds its "
    "children's") {
    stage s;
    for (int i = 0; i < 10; ++i)
        s.under_test.send(object(i));
    s.under_test.connected(s.now);
    const auto packet = s.take();
    REQUIRE(packet);
    std::int64_t last = 0;
    for (const wire::contained& each : packet->messages) {
        CHECK(each.msg_id % 4 == 0);
        CHECK(each.msg_id > last);
        CHECK((each.msg_id >> 32) == 1'700'000'000);
        last = each.msg_id;
    }
    CHECK(packet->header.msg_id > last);
}

TEST_CASE("protocol 4.2: packets carry the salt and one session id") {
    stage s;
    s.under_test.connected(s.now);
    const auto first = s.take();
    s.under_test.send(object(1));
    const auto second = s.take();
    REQUIRE(first);
    REQUIRE(second);
    CHECK(first->header.salt == first_salt);
    CHECK(first->header.session_id == s.under_test.session_id());
    CHECK(second->header.session_id == s.under_test.session_id());
    CHECK(s.under_test.session_id() != 0);
}

TEST_CASE("protocol 5.1: a container holds at most 100 messages and 1,044,404 bytes") {
    stage s;
    s.connect();
    for (int i = 0; i < 250; ++i)
        s.under_test.send(object(i));
    std::size_t seen = 0;
    while (const auto packet = s.take()) {
        CHECK(packet->messages.size() <= 100);
        seen += packet->messages.size();
    }
    CHECK(seen == 250);

    const std::vector<std::byte> block(30'000);
    for (int i = 0; i < 80; ++i)
        s.under_test.send(bytes::copy(block));
    while (const auto packet = s.take())
        CHECK(wire::container_size(packet->messages) <= wire::max_sent_container);
}

TEST_CASE("a large body goes alone, and small ones do not wait in its packet") {
    stage s;
    s.connect();
    s.under_test.send(object(1));
    s.under_test.send(bytes::copy(std::vector<std::byte>(512 * 1024)));
    s.under_test.send(object(2));
    const auto first = s.take();
    const auto second = s.take();
    const auto third = s.take();
    REQUIRE(first);
    REQUIRE(second);
    REQUIRE(third);
    CHECK(first->messages.size() == 1);
    CHECK_FALSE(second->container);
    CHECK(second->messages[0].body.size() == 512 * 1024);
    CHECK(third->id_of(object(2)) != 0);
    CHECK_FALSE(s.take());
}

TEST_CASE("urgent requests go before those that wait") {
    stage s;
    s.under_test.send(object(1));
    session::send_options urgent;
    urgent.urgent = true;
    s.under_test.send(object(2), urgent);
    s.under_test.connected(s.now);
    const auto packet = s.take();
    REQUIRE(packet);
    CHECK(packet->id_of(object(2)) < packet->id_of(object(1)));
}

TEST_CASE("protocol 5.2: a query of more than 255 bytes is packed when that makes it smaller, if asked") {
    stage s;
    s.connect();
    const bytes zeros = bytes::copy(std::vector<std::byte>(4096));
    session::send_options packed;
    packed.compress = true;
    s.under_test.send(zeros, packed);
    const auto packet = s.take();
    REQUIRE(packet);
    CHECK(wire::constructor_of(packet->messages[0].body) == wire::gzip_packed_id);
    CHECK(wire::unpack_gzip(packet->messages[0].body).value() == zeros);
    s.under_test.send(object(1), packed);
    CHECK(s.take()->messages[0].body == object(1));
}

TEST_CASE("protocol 3.2: a body that names its own msg_id is made for each sending") {
    stage s;
    s.connect();
    std::vector<std::int64_t> made_for;
    session::send_options again;
    again.idempotent = true;
    s.under_test.send(
        [&](std::int64_t msg_id) {
            made_for.push_back(msg_id);
            return object(static_cast<std::int32_t>(made_for.size()));
        },
        again);
    const auto first = s.take();
    REQUIRE(first);
    REQUIRE(made_for.size() == 1);
    CHECK(first->id_of(object(1)) == made_for[0]);
    s.under_test.disconnected(s.now);
    s.under_test.connected(s.now);
    const auto second = s.take();
    REQUIRE(second);
    REQUIRE(made_for.size() == 2);
    CHECK(second->id_of(object(2)) == made_for[1]);
}

TEST_CASE("protocol 5.3: acknowledgements ride in the next packet") {
    stage s;
    s.connect();
    const std::int64_t a = s.give_bytes(object(1));
    const std::int64_t b = s.give_bytes(object(2));
    CHECK_FALSE(s.take());
    s.under_test.send(object(3));
    const auto packet = s.take();
    REQUIRE(packet);
    CHECK(packet->only<tl::msgs_ack>().msg_ids == std::vector{a, b});
    CHECK(packet->with(tl::msgs_ack::tl_id)[0].seqno % 2 == 0);
}

TEST_CASE("protocol 5.3: acknowledgements go alone once more than 16 wait") {
    stage s;
    s.connect();
    for (int i = 0; i < 16; ++i)
        s.give_bytes(object(i));
    CHECK_FALSE(s.take());
    s.give_bytes(object(16));
    const auto packet = s.take();
    REQUIRE(packet);
    CHECK_FALSE(packet->container);
    CHECK(packet->only<tl::msgs_ack>().msg_ids.size() == 17);
}

TEST_CASE("protocol 5.3: acknowledgements go alone after 30 s") {
    session::options settings;
    settings.ping_interval = 600s;
    stage s(settings);
    s.connect();
    s.give_bytes(object(1));
    s.pass(10s);
    s.give_bytes(object(2));
    CHECK(s.under_test.deadline() == s.now + 20s);
    s.pass(19s);
    CHECK_FALSE(s.take());
    s.pass(1s);
    const auto packet = s.take();
    REQUIRE(packet);
    CHECK(packet->only<tl::msgs_ack>().msg_ids.size() == 2);
}

TEST_CASE("protocol 5.3: no more than 8192 ids stand in one msgs_ack") {
    session::options settings;
    settings.ack_count = 100'000;
    stage s(settings);
    s.connect();
    for (int i = 0; i < 9; ++i) {
        std::vector<wire::contained> thousand;
        for (int j = 0; j < 1000; ++j)
            thousand.push_back({s.server_msg_id(false), 1, object(j)});
        s.give_container(thousand);
    }
    s.under_test.send(object(1));
    const auto packet = s.take();
    REQUIRE(packet);
    std::size_t all = 0;
    for (const wire::contained& each : packet->with(tl::msgs_ack::tl_id)) {
        const auto acks = tl::decode<tl::msgs_ack>(each.body).value();
        CHECK(acks.msg_ids.size() <= 8192);
        all += acks.msg_ids.size();
    }
    CHECK(all == 9000);
}

TEST_CASE("protocol 4.7: what is not content-related is not acknowledged") {
    stage s;
    s.connect();
    s.give(tl::msgs_ack{}, false);
    s.under_test.send(object(1));
    CHECK_FALSE(s.take()->has<tl::msgs_ack>());
}

TEST_CASE("a silent link is found out in 5 s: a ping after 2 s of waiting, the end 3 s after it") {
    stage s;
    s.connect();
    s.forget_events();
    s.under_test.send(object(1));
    REQUIRE(s.take());
    CHECK(s.under_test.deadline() == s.now + 2s);
    s.pass(2s);
    const auto probe = s.take();
    REQUIRE(probe);
    CHECK(probe->has<tl::ping_delay_disconnect>());
    CHECK(s.under_test.deadline() == s.now + 3s);
    s.pass(2999ms);
    CHECK(s.silent());
    CHECK_FALSE(s.take());
    s.pass(1ms);
    const auto broken = s.next<session::link_broken>();
    REQUIRE(broken);
    CHECK(broken->code == errc::timed_out);
    CHECK_FALSE(s.take());
    CHECK_FALSE(s.under_test.deadline());
}

TEST_CASE("requests that keep going out do not hide that nothing comes back") {
    stage s;
    s.connect();
    s.forget_events();
    for (int i = 0; i < 5; ++i) {
        CHECK(s.silent());
        s.under_test.send(object(i));
        s.take_all();
        s.pass(1s);
    }
    CHECK(s.next<session::link_broken>()->code == errc::timed_out);
}

TEST_CASE("a server that works on a request and answers pings is not given up") {
    stage s;
    s.connect();
    s.forget_events();
    s.under_test.send(object(1));
    REQUIRE(s.take());
    int probes = 0;
    for (int i = 0; i < 60; ++i) {
        s.pass(1s);
        while (const auto packet = s.take())
            if (packet->has<tl::ping_delay_disconnect>()) {
                s.answer_ping(*packet);
                ++probes;
            }
    }
    CHECK(probes == 30);
    CHECK_FALSE(s.next<session::link_broken>());
}

TEST_CASE("an idle link is not probed; its ping of 30 s finds out that it is dead") {
    stage s;
    s.connect();
    s.forget_events();
    s.pass(29s);
    CHECK_FALSE(s.take());
    s.pass(1s);
    REQUIRE(s.take());
    CHECK(s.under_test.deadline() == s.now + 3s);
    s.pass(3s);
    CHECK(s.next<session::link_broken>()->code == errc::timed_out);
}

TEST_CASE("a link with long round trips is allowed the silence of three of them") {
    stage s;
    s.under_test.connected(s.now);
    const auto first = s.take();
    REQUIRE(first);
    s.pass(2500ms);
    s.answer_ping(*first);
    s.forget_events();
    s.under_test.send(object(1));
    REQUIRE(s.take());
    s.pass(2s);
    REQUIRE(s.take());
    CHECK(s.under_test.deadline() == s.now + 7500ms);
}

TEST_CASE("a link that somebody doubts is asked at once and broken three round trips and a second later") {
    stage s;
    s.connect();
    s.forget_events();
    s.under_test.check(s.now);
    const auto ping = s.take();
    REQUIRE(ping);
    CHECK(ping->has<tl::ping_delay_disconnect>());
    CHECK(s.under_test.deadline() == s.now + 1s);  // the round trip was none
    s.pass(999ms);
    s.under_test.check(s.now);  // the same doubt
    CHECK(s.silent());
    s.pass(1ms);
    CHECK(s.next<session::link_broken>()->code == errc::timed_out);
    s.under_test.check(s.now);
    CHECK_FALSE(s.under_test.deadline());
}

TEST_CASE("a link that is doubted lives on when a packet verifies, and may be doubted again") {
    stage s;
    s.connect();
    s.forget_events();
    s.under_test.check(s.now);
    const auto ping = s.take();
    REQUIRE(ping);
    s.pass(900ms);
    s.answer_ping(*ping);
    s.pass(900ms);
    CHECK_FALSE(s.next<session::link_broken>());
    s.under_test.check(s.now);
    REQUIRE(s.take());
    for (int i = 0; i < 50; ++i) {
        s.pass(999ms);
        s.under_test.heard(s.now);  // a part of a long answer: more patience, and no proof
        CHECK(s.under_test.doubted());
    }
    CHECK_FALSE(s.next<session::link_broken>());
    s.pass(1s);
    CHECK(s.next<session::link_broken>()->code == errc::timed_out);
}

TEST_CASE("links lost without a byte are allowed twice the silence each time, until a byte comes") {
    stage s;
    for (const duration limit : {3s, 6s, 12s, 24s, 24s}) {
        CAPTURE(limit.count());
        s.under_test.connected(s.now);
        REQUIRE(s.take());
        s.pass(2s + limit - 1ms);
        CHECK(s.silent());
        s.pass(1ms);
        CHECK(s.next<session::link_broken>()->code == errc::timed_out);
        s.under_test.disconnected(s.now);
    }
    s.connect();
    s.pass(30s);
    REQUIRE(s.take());
    CHECK(s.under_test.deadline() == s.now + 3s);
}

TEST_CASE("protocol 5.10: on a slow link pings go on every 30 s though pongs wait behind other data") {
    stage s;
    s.connect();
    s.forget_events();
    s.under_test.send(object(1));
    REQUIRE(s.take());
    std::vector<duration> pings;
    std::vector<received_packet> sent;
    for (int i = 1; i <= 100; ++i) {
        s.under_test.heard(s.now);
        if (i % 50 == 0) s.give_bytes(object(i));
        s.pass(1s);
        while (const auto packet = s.take())
            if (packet->has<tl::ping_delay_disconnect>()) {
                pings.push_back(std::chrono::seconds(i));
                sent.push_back(*packet);
            }
    }
    CHECK(pings == std::vector<duration>{30s, 60s, 90s});
    CHECK_FALSE(s.next<session::link_broken>());
    for (const received_packet& each : sent)  // late, but each is one of this link's
        s.answer_ping(each);
    s.pass(300s);
    CHECK_FALSE(s.next<session::link_broken>());
}

TEST_CASE("bytes that come in keep a link alive before a packet is whole, for a minute") {
    stage s;
    s.connect();
    s.forget_events();
    s.under_test.send(object(1));
    REQUIRE(s.take());
    for (int i = 0; i < 59; ++i) {
        s.under_test.heard(s.now);
        s.pass(1s);
        s.take_all();
    }
    CHECK(s.silent());
    s.under_test.heard(s.now);
    CHECK(s.under_test.deadline() == s.now + 1s);
    s.pass(1s);
    CHECK(s.next<session::link_broken>()->code == errc::timed_out);
}

TEST_CASE("a writer that is stuck is found out, and no deadline lies in the past meanwhile") {
    session::options settings;
    settings.ack_delay = 1s;
    stage s(settings);
    s.connect();
    s.forget_events();
    s.under_test.send(object(1));
    REQUIRE(s.take());
    s.give_bytes(object(2));  // to be acknowledged
    s.forget_events();
    for (int i = 0; i < 50; ++i) {
        CHECK(s.silent());
        REQUIRE(s.under_test.deadline());
        CHECK(*s.under_test.deadline() > s.now);
        s.pass(100ms);
    }
    CHECK(s.next<session::link_broken>()->code == errc::timed_out);
}
