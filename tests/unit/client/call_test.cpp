// Requests of an account: where they go, and what is done about errors (protocol 6).
#include "unit/client/asking.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace asio = boost::asio;

TEST_CASE("without api_id and api_hash the error says where to get them") {
    crypto::seeded_random random(1);
    io::simulation world(random);
    config settings;
    settings.api.id = 0;
    const auto client = core::account_connections::make(world.make_environment(), settings);
    outcome<void> connected;
    world.run([](core::account_connections& one, outcome<void>& into) -> io::awaitable<void> {
        into = co_await one.connect();
    }(*client, connected));
    REQUIRE_FALSE(connected.has_value());
    CHECK(connected.error().code == errc::bad_argument);
    CHECK(connected.error().detail.find("https://my.telegram.org") != std::string::npos);
}

TEST_CASE("calling before connecting is an error, not a wait") {
    scripted_cluster all;
    CHECK(ask(all).error().code == errc::not_connected);
}

TEST_CASE("errors 6: a flood wait is waited out to the second, and shared by all requests of the kind") {
    scripted_cluster all;
    all.connect();
    all.on_request = failing(2, 1, 420, "FLOOD_WAIT_42");
    const time_point began = all.world().time().now();
    CHECK(ask(all).has_value());
    CHECK(all.world().time().now() - began >= 42s);
    CHECK(all.world().time().now() - began < 43s);
    CHECK(all.count(nearest_id) == 2);
}

TEST_CASE("errors 6: 420 uses up no retry budget") {
    scripted_cluster all;
    all.connect();
    all.on_request = failing(2, 20, 420, "FLOOD_PREMIUM_WAIT_3");
    CHECK(ask(all).has_value());
    CHECK(all.count(nearest_id) == 21);
}

TEST_CASE("errors 6: 500 is tried again with growing pauses, and not for ever") {
    scripted_cluster all;
    all.connect();
    all.on_request = failing(2, 3, 500, "RPC_CALL_FAIL");
    CHECK(ask(all).has_value());
    all.on_request = failing(2, 1000, 500, "INTERNAL");
    const outcome<bytes> answer = ask(all);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().rpc_code == 500);
    CHECK(all.count(nearest_id) < 15);
}

TEST_CASE("errors 6: an error that nothing here mends comes back at once") {
    scripted_cluster all;
    all.connect();
    all.on_request = failing(2, 1, 400, "CHANNEL_INVALID");
    const outcome<bytes> answer = ask(all);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().is("CHANNEL_INVALID"));
    CHECK(answer.error().method == "help.getNearestDc");
}

TEST_CASE("errors 6: USER_MIGRATE makes another data centre home, and the session keeps it") {
    scripted_cluster all(0);
    all.connect();
    all.on_request = failing(2, 1, 303, "USER_MIGRATE_1");
    CHECK(ask(all).value() == nearest_answer(1));
    CHECK(all.store().kept->home_dc == 1);
    CHECK(ask(all).value() == nearest_answer(1));
    CHECK(all.dc(2).count(nearest_id) == 1);
}

TEST_CASE("errors 6: USER_MIGRATE takes the login along") {
    scripted_cluster all;
    all.connect();
    all.on_request = failing(2, 1, 303, "USER_MIGRATE_1");
    CHECK(ask(all).value() == nearest_answer(1));
    CHECK(all.dc(1).count(import_id) == 1);
    CHECK(all.store().kept->home_dc == 1);
    CHECK(all.store().kept->user_id == 77);
    CHECK(all.store().kept->dcs.at(1).authorized);
}

TEST_CASE("errors 6: a migration that the login cannot follow leaves it where it is") {
    scripted_cluster all;
    all.connect();
    all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != nearest_id && what.method != export_id) return std::nullopt;
        return reply_error(303, "USER_MIGRATE_1");
    };
    CHECK(ask(all).error().rpc_code == 303);
    CHECK(all.store().kept->home_dc == 2);
    CHECK(all.store().kept->user_id == 77);
}

TEST_CASE("errors 6: a circle of migrations ends") {
    scripted_cluster all(0);
    all.connect();
    all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != nearest_id) return std::nullopt;
        return reply_error(303, what.dc == 1 ? "NETWORK_MIGRATE_2" : "NETWORK_MIGRATE_1");
    };
    CHECK(ask(all).error().rpc_code == 303);
    CHECK(all.count(nearest_id) < 10);
}

TEST_CASE("errors 6: FILE_MIGRATE is followed with an imported authorization, and home stays") {
    scripted_cluster all;
    all.connect();
    all.on_request = failing(2, 1, 303, "FILE_MIGRATE_3");
    CHECK(ask(all).value() == nearest_answer(3));
    CHECK(all.dc(3).count(import_id) == 1);
    CHECK(all.store().kept->home_dc == 2);
    CHECK(all.store().kept->dcs.at(3).authorized);
}

TEST_CASE("migration to a data centre without a known address is an error that names it") {
    scripted_cluster all;
    all.connect();
    all.on_request = failing(2, 1, 303, "FILE_MIGRATE_9");
    const outcome<bytes> answer = ask(all);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().detail.find("DC 9") != std::string::npos);
}

TEST_CASE("closing ends a request that waits out a flood") {
    scripted_cluster all;
    all.connect();
    all.on_request = failing(2, 1, 420, "FLOOD_WAIT_3600");
    std::optional<outcome<bytes>> answer;
    asio::co_spawn(
        all.world().executor(),
        [](core::account_connections& client, std::optional<outcome<bytes>>& into) -> io::awaitable<void> {
            const core::call_options how;
            into = co_await client.call(nearest_request(), "help.getNearestDc", how);
        }(all.client(), answer),
        asio::detached);
    all.world().settle();
    CHECK_FALSE(answer.has_value());
    all.client().close();
    all.world().settle();
    REQUIRE(answer.has_value());
    CHECK(answer->error().code == errc::connection_closed);
    all.run([](io::timers& time) -> io::awaitable<void> { co_await time.sleep_for(2h); }(all.world().time()));
}

TEST_CASE("closing while a request goes on leaves no connection behind") {
    scripted_cluster all;
    all.connect();
    const auto answer_in_a_second = [](bytes body) {
        scripted_answer how = reply(std::move(body));
        how.after = 1s;
        return how;
    };
    all.on_request = [&](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method == nearest_id) return answer_in_a_second(nearest_answer(2));
        if (what.method != export_id) return std::nullopt;
        tl::auth::exportedAuthorization ticket;
        ticket.id = 77;
        ticket.bytes = bytes::copy("ticket");
        return answer_in_a_second(tl::encode(ticket));
    };
    // Both are answered at one moment, and the first answer closes the client before the second is looked at.
    const answer_slot first = ask_in_background(all, 0, [&] { all.client().close(); });
    const answer_slot second = ask_in_background(all, 3);
    pass(all, 1min);
    REQUIRE(first->has_value());
    CHECK((*first)->has_value());
    REQUIRE(second->has_value());
    CHECK((*second)->error().code == errc::connection_closed);
    CHECK(all.count(export_id) == 1);
    CHECK(all.dc(3).connections() == 0);
}

TEST_CASE("cancelling ends a request that waits out a flood") {
    scripted_cluster all;
    all.connect();
    all.on_request = failing(2, 1, 420, "FLOOD_WAIT_3600");
    std::optional<outcome<bytes>> answer;
    bool ended = false;
    asio::cancellation_signal stop;
    asio::co_spawn(
        all.world().executor(),
        [](core::account_connections& client, std::optional<outcome<bytes>>& into) -> io::awaitable<void> {
            const core::call_options how;
            into = co_await client.call(nearest_request(), "help.getNearestDc", how);
        }(all.client(), answer),
        asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { ended = true; }));
    all.world().settle();
    CHECK_FALSE(ended);
    stop.emit(asio::cancellation_type::terminal);
    all.world().settle();
    CHECK(ended);
    CHECK(all.dc(2).count(nearest_id) == 1);
    CHECK((!answer.has_value() || answer->error().code == errc::cancelled));
}
