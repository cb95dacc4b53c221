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
