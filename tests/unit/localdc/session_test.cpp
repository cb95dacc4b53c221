// Sessions of the server over pipes: several on one connection, what is sent again, and messages that depend
// on others.
#include "film.hpp"
#include "wire/container.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace mtproto;
using namespace mtproto::localdc::testing;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace wire = mtproto::wire;

TEST_CASE("session 4.2 two sessions on one connection each have their own numbers and answers") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        const bytes first = with_layer(tl::encode(tl::help::getNearestDc{}));
        const bytes later = tl::encode(tl::help::getNearestDc{});
        for (const std::int64_t session : {1, 2}) {
            c.session_id = session;
            c.contents = 0;
            const bytes query = session == 1 ? first : later;
            const std::int64_t msg_id = co_await c.send(query);
            const bytes created_body = co_await c.next_of(tl::new_session_created::tl_id);
            const auto created = tl::decode<tl::new_session_created>(created_body).value();
            CHECK(created.first_msg_id == msg_id);
            const bytes body = co_await c.answer_to(msg_id);
            CHECK(tl::decode<tl::nearestDc>(body).has_value());
        }
    }(client));
}

TEST_CASE("session a connection that begins one session after the other is closed, not served without end") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        const bytes knock = tl::encode(tl::ping{});
        for (std::int64_t session = 1; session <= 64; ++session) {
            c.session_id = session;
            co_await c.send(knock);
            co_await c.next_of(tl::pong::tl_id);
        }
        c.session_id = 65;
        co_await c.send(knock);
        const auto closed = co_await c.next_packet();
        CHECK_FALSE(closed.has_value());
    }(client));
}

TEST_CASE(
    "session a resend that was not sent any more when its connection ended comes once on the next, not "
    "twice") {
    local_dc_options options;
    options.rtt = 100ms;
    world here(options);
    raw_client client(here, 1);
    here.run([](raw_client& c, world& in) -> io::awaitable<void> {
        co_await c.make_key();
        const bytes query = with_layer(tl::encode(tl::help::getNearestDc{}));
        const std::int64_t msg_id = co_await c.send(query);
        co_await c.answer_to(msg_id);
        // A new connection queues the answer again and ends before it could send it.
        const bytes knock = tl::encode(tl::ping{});
        co_await c.connect();
        co_await c.send(knock);
        const auto slept = co_await in.simulation.time().sleep_for(75ms);
        REQUIRE(slept.has_value());
        c.stream->close();
        co_await c.connect();
        co_await c.send(knock);
        int answers = 0;
        std::set<std::int64_t> pongs;
        while (pongs.size() < 2) {
            const received each = co_await c.next();
            if (wire::constructor_of(each.body) == tl::pong::tl_id) pongs.insert(each.msg_id);
            if (wire::constructor_of(each.body) == wire::rpc_result_id) ++answers;
        }
        const auto quiet = co_await in.simulation.time().sleep_for(1s);
        REQUIRE(quiet.has_value());
        co_await c.send(knock);
        for (bool done = false; !done;) {
            const received each = co_await c.next();
            if (wire::constructor_of(each.body) == wire::rpc_result_id) ++answers;
            done = wire::constructor_of(each.body) == tl::pong::tl_id && !pongs.contains(each.msg_id);
        }
        CHECK(answers == 1);
    }(client, here));
}

TEST_CASE("messages 5.2 a query in gzip_packed is run as if it were bare") {
    world here;
    raw_client client(here, 2);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.sign_in();
        tl::users::getUsers query;
        for (int i = 0; i < 90; ++i)
            query.id.push_back(tl::inputUserSelf{});
        const bytes packed = wire::pack_gzip(tl::encode(query)).value();
        const bytes body = co_await c.call(packed);
        CHECK(tl::decode<std::vector<tl::User>>(body).value().size() == 90);
    }(client));
}

TEST_CASE("messages 4.8 a query after another runs when that succeeded, and is refused when it did not") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        const bytes good = with_layer(tl::encode(tl::help::getNearestDc{}));
        const bytes bad = tl::encode(tl::updates::getState{});
        for (const bytes& each : {good, bad}) {
            const bytes first = each;
            const std::int64_t before = co_await c.send(first);
            co_await c.answer_to(before);
            tl::invokeAfterMsg after;
            after.msg_id = before;
            after.query = tl::raw{tl::encode(tl::help::getNearestDc{})};
            const bytes query = tl::encode(after);
            const std::string told = co_await c.error_of(query);
            CHECK(told == (each == good ? "" : "400 MSG_WAIT_FAILED"));
        }
    }(client));
}

TEST_CASE("transports 1.5 a packet that asks for it is acknowledged at once, with its token") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        const bytes knock = tl::encode(tl::ping{});
        const std::uint32_t token = co_await c.send_for_quick_ack(knock);
        const auto answer = co_await c.next_packet();
        REQUIRE(answer.has_value());
        const wire::packet_class kind = wire::classify(*answer);
        CHECK((kind.kind == wire::packet_kind::quick_ack));
        CHECK(kind.token == token);
        co_await c.next_of(tl::pong::tl_id);
    }(client));
}

TEST_CASE("service 5.7 what is asked for again comes again under its number; what is not known is told so") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        const bytes query = with_layer(tl::encode(tl::help::getNearestDc{}));
        co_await c.send(query);
        received first = co_await c.next();
        while (wire::constructor_of(first.body) != wire::rpc_result_id)
            first = co_await c.next();
        tl::msg_resend_req again;
        again.msg_ids = {first.msg_id};
        const bytes again_query = tl::encode(again);
        co_await c.send(again_query);
        const received second = co_await c.next();
        CHECK(second.msg_id == first.msg_id);
        CHECK((second.body == first.body));
        tl::msgs_ack known;
        known.msg_ids = {first.msg_id};
        const bytes ack = tl::encode(known);
        co_await c.send(ack, false);
        const std::int64_t asked = co_await c.send(again_query);
        const bytes info_body = co_await c.next_of(tl::msgs_state_info::tl_id);
        const auto info = tl::decode<tl::msgs_state_info>(info_body).value();
        CHECK(info.req_msg_id == asked);
        CHECK((info.info[0] == std::byte{1}));
    }(client));
}
