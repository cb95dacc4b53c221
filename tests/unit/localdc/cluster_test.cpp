// The whole server over pipes and virtual time, asked packet by packet.
#include "crypto/srp.hpp"
#include "raw_client.hpp"
#include "wire/container.hpp"

#include <boost/asio/io_context.hpp>
#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::localdc::testing;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace wire = mtproto::wire;

TEST_CASE("auth_key 2.1 to 2.12 a client and the server agree on a key, and the salt follows from it") {
    world here;
    raw_client client(here, 2);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        const bytes query = with_layer(tl::encode(tl::help::getConfig{}));
        const bytes body = co_await c.call(query);
        const auto config = tl::decode<tl::config>(body).value();
        CHECK(config.this_dc == 2);
        CHECK(config.dc_options.size() == 6);
        CHECK(config.dc_options[3].media_only);
    }(client));
}

TEST_CASE("auth_key 2.6 after a bad query the server answers -404 and keeps doing so") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.connect();
        tl::req_DH_params early;
        const bytes wrong = tl::encode(early);
        tl::req_pq_multi begin;
        const bytes right = tl::encode(begin);
        for (const bytes& each : {wrong, right}) {
            const bytes body = each;
            co_await c.send_plain(body);
            const auto answer = co_await c.next_packet();
            REQUIRE(answer.has_value());
            CHECK(wire::classify(*answer).code == -404);
        }
    }(client));
}

TEST_CASE("auth_key 2.10 a retry carries the hash of the key before") {
    local_dc_options options;
    options.faults = {"dh-retry@set_client_DH_params"};
    world here(options);
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> { co_await c.make_key(); }(client));
}

TEST_CASE("transports 1.6 a packet under an unknown key is answered with -404") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        const std::array<std::byte, 256> other{std::byte{7}};
        c.key = std::make_shared<const crypto::auth_key>(other);
        const bytes query = tl::encode(tl::help::getConfig{});
        co_await c.send(query);
        const auto answer = co_await c.next_packet();
        REQUIRE(answer.has_value());
        CHECK(wire::classify(*answer).code == -404);
    }(client));
}

TEST_CASE("messages 4.3 a packet that does not verify ends the connection without a word") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c, world& in) -> io::awaitable<void> {
        co_await c.make_key();
        const bytes query = tl::encode(tl::help::getConfig{});
        const wire::message_header header{c.salt, c.session_id, c.new_msg_id(), 1};
        const wire::sealed made = wire::seal(c.key, wire::role::client, header, query, in.random);
        made.data.span()[30] ^= std::byte{1};
        wire::frame_writer writer(wire::role::client, wire::framing::intermediate, in.random, false);
        const wire::frame frame = writer.wrap(made.data.view());
        const std::array<byte_view, 2> parts{frame.header(), made.data.view()};
        const auto written = co_await c.stream->write(parts);
        CHECK(written.has_value());
        const auto answer = co_await c.next_packet();
        CHECK_FALSE(answer.has_value());
    }(client, here));
}

TEST_CASE("messages 5.4 wrong salts, times and bits are told with their codes, and nothing is done") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c, world& in) -> io::awaitable<void> {
        co_await c.make_key();
        const bytes query = with_layer(tl::encode(tl::help::getConfig{}));
        const std::int64_t good = c.salt;
        c.salt = good + 1;
        const std::int64_t salted = co_await c.send(query);
        const bytes news_body = co_await c.next_of(tl::bad_server_salt::tl_id);
        const auto news = tl::decode<tl::bad_server_salt>(news_body).value();
        CHECK(news.bad_msg_id == salted);
        CHECK(news.error_code == 48);
        CHECK(news.new_server_salt == good);
        c.salt = good;

        const auto now = in.simulation.time().unix_now();
        const std::array<std::pair<std::int64_t, int>, 3> wrong{{
            {wire::msg_id_at(now - 301s), 16},
            {wire::msg_id_at(now + 31s), 17},
            {wire::msg_id_at(now) + 1, 18},
        }};
        for (const auto& [msg_id, code] : wrong) {
            co_await c.send_numbered(query, msg_id, 1);
            const bytes body = co_await c.next_of(tl::bad_msg_notification::tl_id);
            const auto told = tl::decode<tl::bad_msg_notification>(body).value();
            CHECK(told.bad_msg_id == msg_id);
            CHECK(told.error_code == code);
        }
        c.contents = 0;
        // None of the queries above was run: they would have brought initConnection.
        const bytes plain = tl::encode(tl::help::getConfig{});
        const std::string not_inited = co_await c.error_of(plain);
        CHECK(not_inited == "400 CONNECTION_NOT_INITED");
        const bytes done = co_await c.call(query);
        CHECK(tl::decode<tl::config>(done).has_value());
    }(client, here));
}

TEST_CASE(
    "session 5.5 a new one is told with its first msg_id, and a repeated query is answered again, not done") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        const bytes query = with_layer(tl::encode(tl::help::getNearestDc{}));
        const std::int64_t msg_id = c.new_msg_id();
        co_await c.send_numbered(query, msg_id, 1);
        const bytes created_body = co_await c.next_of(tl::new_session_created::tl_id);
        const auto created = tl::decode<tl::new_session_created>(created_body).value();
        CHECK(created.first_msg_id == msg_id);
        CHECK(created.server_salt == c.salt);
        const received first = co_await c.next();
        co_await c.send_numbered(query, msg_id, 1);
        const received second = co_await c.next();
        CHECK(second.msg_id == first.msg_id);
        CHECK((second.body == first.body));
    }(client));
}

TEST_CASE("session an answer that was not acknowledged comes again on the next connection") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        const bytes query = with_layer(tl::encode(tl::help::getNearestDc{}));
        const std::int64_t msg_id = co_await c.send(query);
        const bytes once = co_await c.answer_to(msg_id);
        c.stream->close();
        co_await c.connect();
        tl::ping ping;
        const bytes knock = tl::encode(ping);
        co_await c.send(knock);
        const bytes again = co_await c.answer_to(msg_id);
        CHECK((again == once));
    }(client));
}

TEST_CASE("messages 5.1 a container's queries are all answered") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        const std::array<std::int64_t, 2> ids{c.new_msg_id(), c.new_msg_id()};
        const std::array inside{wire::contained{ids[0], 1, with_layer(tl::encode(tl::help::getNearestDc{}))},
                                wire::contained{ids[1], 3, tl::encode(tl::help::getNearestDc{})}};
        const bytes container = wire::write_container(inside);
        const std::int64_t outer = c.new_msg_id();
        co_await c.send_numbered(container, outer, 4);
        for (const std::int64_t each : ids) {
            const bytes body = co_await c.answer_to(each);
            CHECK(tl::decode<tl::nearestDc>(body).has_value());
        }
    }(client));
}

TEST_CASE("errors: unknown methods, calls before initConnection and before a login") {
    world here;
    raw_client client(here, 2);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        const bytes plain = tl::encode(tl::help::getConfig{});
        const std::string not_inited = co_await c.error_of(plain);
        CHECK(not_inited == "400 CONNECTION_NOT_INITED");
        const bytes wrapped = with_layer(tl::encode(tl::updates::getState{}));
        const std::string nobody = co_await c.error_of(wrapped);
        CHECK(nobody == "401 AUTH_KEY_UNREGISTERED");
        const std::array<std::byte, 4> unknown{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}};
        const bytes nonsense = bytes::copy(unknown);
        const std::string invalid = co_await c.error_of(nonsense);
        CHECK(invalid == "400 INPUT_METHOD_INVALID_67305985_0");
    }(client));
}

TEST_CASE("login 7.1 codes, accounts that must sign up, and migration to the home data centre") {
    local_dc_options options;
    options.unregistered_phones = {"15550199"};
    world here(options);
    raw_client home(here, 2);
    raw_client foreign(here, 1);
    here.run([](raw_client& c, raw_client& abroad) -> io::awaitable<void> {
        tl::auth::sendCode ask;
        ask.phone_number = "+1 555 0199";
        ask.api_id = 1;
        ask.settings = tl::codeSettings{};
        const bytes ask_query = with_layer(tl::encode(ask));
        co_await abroad.make_key();
        const std::string migrate = co_await abroad.error_of(ask_query);
        CHECK(migrate == "303 PHONE_MIGRATE_2");
        co_await c.make_key();
        const bytes sent_body = co_await c.call(ask_query);
        const auto sent = tl::decode<tl::auth::sentCode>(sent_body).value();
        tl::auth::signIn enter;
        enter.phone_number = ask.phone_number;
        enter.phone_code_hash = sent.phone_code_hash;
        enter.phone_code = "1";
        const bytes wrong_query = tl::encode(enter);
        const std::string wrong = co_await c.error_of(wrong_query);
        CHECK(wrong == "400 PHONE_CODE_INVALID");
        enter.phone_code = "12345";
        const bytes right_query = tl::encode(enter);
        const bytes required = co_await c.call(right_query);
        CHECK(tl::decode<tl::auth::authorizationSignUpRequired>(required).has_value());
        tl::auth::signUp join;
        join.phone_number = ask.phone_number;
        join.phone_code_hash = sent.phone_code_hash;
        join.first_name = "New";
        const bytes join_query = tl::encode(join);
        const bytes joined_body = co_await c.call(join_query);
        const auto joined = tl::decode<tl::auth::authorization>(joined_body).value();
        CHECK(joined.user.as<tl::user>()->first_name == "New");
        const bytes out = tl::encode(tl::auth::logOut{});
        const bytes left = co_await c.call(out);
        CHECK(tl::decode<tl::auth::loggedOut>(left).has_value());
        const bytes state = tl::encode(tl::updates::getState{});
        const std::string nobody = co_await c.error_of(state);
        CHECK(nobody == "401 AUTH_KEY_UNREGISTERED");
    }(home, foreign));
}

TEST_CASE("login 7.2 with two-step verification a code is not enough, and a challenge is good for one try") {
    local_dc_options options;
    options.password = "open sesame";
    world here(options);
    raw_client home(here, 2);
    here.run([](raw_client& c, world& in) -> io::awaitable<void> {
        co_await c.make_key();
        tl::auth::sendCode ask;
        ask.phone_number = "1555";
        ask.api_id = 1;
        ask.settings = tl::codeSettings{};
        const bytes ask_query = with_layer(tl::encode(ask));
        const bytes sent_body = co_await c.call(ask_query);
        const auto sent = tl::decode<tl::auth::sentCode>(sent_body).value();
        tl::auth::signIn enter;
        enter.phone_number = ask.phone_number;
        enter.phone_code_hash = sent.phone_code_hash;
        enter.phone_code = "12345";
        const bytes enter_query = tl::encode(enter);
        const std::string needed = co_await c.error_of(enter_query);
        CHECK(needed == "401 SESSION_PASSWORD_NEEDED");

        for (const bool right : {false, true}) {
            const bytes get = tl::encode(tl::account::getPassword{});
            const bytes body = co_await c.call(get);
            auto password = tl::decode<tl::account::password>(body).value();
            const auto* algo =
                password.current_algo
                    ->as<tl::passwordKdfAlgoSHA256SHA256PBKDF2HMACSHA512iter100000SHA256ModPow>();
            REQUIRE(algo);
            const crypto::srp_group group{algo->salt1, algo->salt2, algo->g, algo->p};
            const auto proof =
                crypto::srp_prove(group, password.srp_B.value(), right ? "open sesame" : "wrong", in.random)
                    .value();
            tl::inputCheckPasswordSRP made;
            made.srp_id = password.srp_id.value();
            made.A = bytes::copy(proof.a_public);
            made.M1 = bytes::copy(proof.m1);
            tl::auth::checkPassword check;
            check.password = std::move(made);
            const bytes check_query = tl::encode(check);
            const std::string told = co_await c.error_of(check_query);
            CHECK(told == (right ? "" : "400 PASSWORD_HASH_INVALID"));
            const std::string again = co_await c.error_of(check_query);
            CHECK(again == "400 SRP_ID_INVALID");
        }
    }(home, here));
}

TEST_CASE("service 5.10 a connection that stops pinging is closed after its delay") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c, world& in) -> io::awaitable<void> {
        co_await c.make_key();
        tl::ping_delay_disconnect ping;
        ping.disconnect_delay = 60;
        const bytes body = tl::encode(ping);
        const time_point before = in.simulation.time().now();
        co_await c.send(body);
        co_await c.next_of(tl::pong::tl_id);
        const auto closed = co_await c.next_packet();
        CHECK_FALSE(closed.has_value());
        CHECK(in.simulation.time().now() - before == 60s);
    }(client, here));
}

TEST_CASE("service 5.10 a later ping with a shorter delay closes the connection sooner") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c, world& in) -> io::awaitable<void> {
        co_await c.make_key();
        const time_point before = in.simulation.time().now();
        for (const int delay : {60, 10}) {
            tl::ping_delay_disconnect ping;
            ping.disconnect_delay = delay;
            const bytes body = tl::encode(ping);
            co_await c.send(body);
            co_await c.next_of(tl::pong::tl_id);
        }
        const auto closed = co_await c.next_packet();
        CHECK_FALSE(closed.has_value());
        CHECK(in.simulation.time().now() - before == 10s);
    }(client, here));
}

TEST_CASE("service 5.6 5.8 5.9 states, salts, dropped answers and destroyed sessions") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        tl::get_future_salts salts;
        salts.num = 3;
        const bytes salts_query = tl::encode(salts);
        const std::int64_t salts_id = co_await c.send(salts_query);
        const bytes salts_body = co_await c.next_of(tl::future_salts::tl_id);
        const auto told = tl::decode<tl::future_salts>(salts_body).value();
        CHECK(told.req_msg_id == salts_id);
        REQUIRE(told.salts.size() == 3);
        CHECK(told.salts[0].salt == c.salt);

        tl::msgs_state_req states;
        states.msg_ids = {salts_id, salts_id + 4'000'000'000};
        const bytes states_query = tl::encode(states);
        co_await c.send(states_query);
        const bytes states_body = co_await c.next_of(tl::msgs_state_info::tl_id);
        const auto info = tl::decode<tl::msgs_state_info>(states_body).value();
        CHECK((info.info[0] == std::byte{4}));
        CHECK((info.info[1] == std::byte{3}));

        tl::rpc_drop_answer drop;
        // 0 is what new_session_created and the like answer to: they are no query's.
        for (const std::int64_t unknown : {4, 0}) {
            drop.req_msg_id = unknown;
            const bytes drop_query = tl::encode(drop);
            const bytes dropped = co_await c.call(drop_query);
            CHECK(tl::decode<tl::rpc_answer_unknown>(dropped).has_value());
        }

        tl::destroy_session destroy;
        destroy.session_id = 99;
        const bytes destroy_query = tl::encode(destroy);
        co_await c.send(destroy_query);
        const bytes gone = co_await c.next_of(tl::destroy_session_none::tl_id);
        CHECK(tl::decode<tl::destroy_session_none>(gone)->session_id == 99);
    }(client));
}

TEST_CASE(
    "service 5.8 a query whose answer is dropped before it goes out is told so, as the drop itself is") {
    local_dc_options options;
    options.rtt = 100ms;
    world here(options);
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        const tl::help::getNearestDc query;
        const std::int64_t asked = co_await c.send(with_layer(tl::encode(query)));
        tl::rpc_drop_answer drop;
        drop.req_msg_id = asked;
        const bytes drop_query = tl::encode(drop);
        const std::int64_t dropping = co_await c.send(drop_query);
        const bytes original = co_await c.answer_to(asked);
        CHECK(tl::decode<tl::rpc_answer_dropped_running>(original).has_value());
        const bytes dropped = co_await c.answer_to(dropping);
        CHECK(tl::decode<tl::rpc_answer_dropped_running>(dropped).has_value());
    }(client));
}

TEST_CASE("every framing of protocol 1.1 to 1.4 is understood and answered in kind") {
    for (const wire::framing framing : {wire::framing::abridged, wire::framing::intermediate,
                                        wire::framing::padded_intermediate, wire::framing::full}) {
        CAPTURE(static_cast<int>(framing));
        world here;
        raw_client client(here, 2, framing);
        here.run([](raw_client& c) -> io::awaitable<void> {
            co_await c.sign_in();
            CHECK(c.user == 4242);
        }(client));
    }
}

TEST_CASE("transport 1.3 any padding from 0 to 15 bytes is taken, of plain packets and of sealed ones") {
    for (std::uint32_t padding = 0; padding < 16; ++padding) {
        CAPTURE(padding);
        world here;
        raw_client client(here, 2, wire::framing::padded_intermediate);
        client.padding = padding;
        here.run([](raw_client& c) -> io::awaitable<void> {
            co_await c.sign_in();
            CHECK(c.user == 4242);
        }(client));
    }
}

TEST_CASE("stopping closes every port and connection") {
    world here;
    raw_client client(here, 1);
    here.run([](raw_client& c, world& in) -> io::awaitable<void> {
        co_await c.make_key();
        in.cluster.stop();
        const auto closed = co_await c.next_packet();
        CHECK_FALSE(closed.has_value());
        for (const local_dc_info::data_centre& dc : in.cluster.info().dcs) {
            for (const std::uint16_t port : {dc.port, dc.media_port}) {
                const io::endpoint where{dc.host, port};
                const auto refused = co_await in.simulation.net().connect(where);
                CHECK(refused.has_error());
            }
        }
    }(client, here));
    CHECK_THROWS_AS(here.cluster.start(), error);
}

TEST_CASE("a cluster that was stopped before it started does not start: it would accept nobody") {
    crypto::seeded_random random(1);
    io::simulation simulation(random);
    local_dc made = local_dc_access::make(simulation.make_environment(), {}, test_key());
    made.stop();
    CHECK_THROWS_AS(made.start(), error);
}

TEST_CASE("options that make no sense are refused") {
    crypto::seeded_random random(1);
    io::simulation simulation(random);
    const auto refused = [&](auto change) {
        local_dc_options options;
        change(options);
        CHECK_THROWS_AS(local_dc_access::make(simulation.make_environment(), options, test_key()), error);
    };
    refused([](local_dc_options& o) { o.dcs = 0; });
    refused([](local_dc_options& o) { o.dcs = 10; });
    refused([](local_dc_options& o) { o.rate = -1; });
    refused([](local_dc_options& o) { o.rtt = -1ms; });
    refused([](local_dc_options& o) { o.port = 65535; });
    refused([](local_dc_options& o) { o.login_code.clear(); });
    refused([](local_dc_options& o) { o.faults = {"nonsense"}; });
    for (const char* never : {"close@getFiles", "close@upload.getFile", "short-part@getMessages",
                              "wrong-hash@getFile", "dh-retry@req_pq_multi", "internal@req_DH_params",
                              "wrong-nonce@getFile", "flood-wait=3@connect", "close@ping"})
        refused([&](local_dc_options& o) { o.faults = {never}; });
    for (const char* name : {"", "my films", "7films", "films_", "my__films"})
        refused([&](local_dc_options& o) { o.channel = name; });
    refused([](local_dc_options& o) { o.folder = "/nonexistent"; });
}

TEST_CASE("a cluster that cannot listen says where and why") {
    boost::asio::io_context context;
    local_dc_options options;
    options.dcs = 1;
    local_dc first(context.get_executor(), options);
    first.start();
    const auto refusal_of = [&] {
        try {
            local_dc second(context.get_executor(), options);
            second.start();
        } catch (const error& why) {
            return std::string(why.what());
        }
        return std::string();
    };
    options.port = first.info().dcs[0].port;
    CHECK(refusal_of().find("Address already in use") != std::string::npos);
    options.port = 0;
    options.host = "no address";
    CHECK(refusal_of().find("no address:0: Invalid argument") != std::string::npos);
}
