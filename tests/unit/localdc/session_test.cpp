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
