// A data centre that punishes more sessions on one key than it allows (protocol 8.7).
#include "localdc/session_limit.hpp"

#include "film.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::localdc::testing;
using namespace std::chrono_literals;
namespace io = mtproto::io;

TEST_CASE("sessions 8.7 a session counts once for its key, on the connection that it was used on last") {
    localdc::session_limit limit;
    CHECK(limit.used(2, 10, 1, 100) == 1);
    CHECK(limit.used(2, 10, 2, 100) == 1);  // it goes on over another connection
    CHECK(limit.used(2, 10, 3, 101) == 2);
    CHECK(limit.used(2, 11, 4, 102) == 1);  // another key
    CHECK(limit.used(1, 10, 5, 103) == 1);  // another data centre
    CHECK(limit.used(2, 10, 3, 104) == 2);  // a new session in place of one that is over
    limit.forget(3);
    CHECK(limit.used(2, 10, 1, 100) == 1);
}

TEST_CASE("sessions 8.7 one session too many on a key gets AUTH_KEY_DUPLICATED, and the login is gone") {
    local_dc_options options;
    options.sessions_a_key = 2;
    world here(options);
    raw_client first(here, 2);
    raw_client second(here, 2);
    raw_client third(here, 2);
    here.run([](world& in, raw_client& first, raw_client& second, raw_client& third) -> io::awaitable<void> {
        co_await first.sign_in();
        const bytes query = tl::encode(tl::help::getConfig{});
        const bytes body = co_await first.call(query);
        CHECK(tl::decode<tl::config>(body).value().tmp_sessions == 2);
        std::int64_t session = 5;
        for (raw_client* other : {&second, &third}) {
            other->key = first.key;
            other->salt = first.salt;
            other->session_id = session++;
            co_await other->connect();
        }
        const std::string allowed = co_await second.error_of(query);
        CHECK(allowed.empty());
        const std::string punished = co_await third.error_of(query);
        CHECK(punished == "406 AUTH_KEY_DUPLICATED");
        third.stream->close();
        co_await in.simulation.time().sleep_for(1s);
        const bytes of_a_login = tl::encode(tl::updates::getState{});
        const std::string gone = co_await first.error_of(of_a_login);
        CHECK(gone == "401 AUTH_KEY_UNREGISTERED");
    }(here, first, second, third));
}

TEST_CASE("sessions 8.7 a cluster without media-only addresses names none and listens on none") {
    local_dc_options options;
    options.media_addresses = false;
    world here(options);
    for (const auto& dc : here.cluster.info().dcs)
        CHECK(dc.media_port == 0);
    raw_client client(here, 2);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.sign_in();
        const bytes query = tl::encode(tl::help::getConfig{});
        const bytes body = co_await c.call(query);
        const auto config = tl::decode<tl::config>(body).value();
        CHECK(config.dc_options.size() == 3);
        for (const tl::dcOption& each : config.dc_options)
            CHECK_FALSE(each.media_only);
    }(client));
}
