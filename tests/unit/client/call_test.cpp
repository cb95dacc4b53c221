// Requests through the runtime: where they go, and what is done about errors (protocol 6).
#include "unit/client/scripted_cluster.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace asio = boost::asio;

namespace {

constexpr std::uint32_t export_id = tl::auth::exportAuthorization::tl_id;
constexpr std::uint32_t import_id = tl::auth::importAuthorization::tl_id;

/// Answers the first `times` requests for help.getNearestDc at `dc` with an error.
scripted_cluster::handler failing(int dc, int times, int code, std::string text) {
    return [=, left = times](const seen_request& what) mutable -> std::optional<scripted_answer> {
        if (what.method != nearest_id || what.dc != dc || left <= 0) return std::nullopt;
        --left;
        return reply_error(code, text);
    };
}

outcome<bytes> ask(scripted_cluster& at, int dc = 0) {
    return at.call(nearest_request(), "help.getNearestDc", core::call_options(dc));
}

}  // namespace

TEST_CASE("connecting fetches the configuration from the home data centre") {
    scripted_cluster all;
    all.connect();
    CHECK(all.dc(2).count(tl::help::getConfig::tl_id) == 1);
    CHECK(all.count(tl::help::getConfig::tl_id) == 1);
    CHECK(all.store().selected == "b25898df208d2603");  // protocol 2.13: the test cluster's key
    CHECK(ask(all).value() == nearest_answer(2));
}

TEST_CASE("without api_id and api_hash the error says where to get them") {
    crypto::seeded_random random(1);
    io::simulation world(random);
    config settings;
    settings.api.id = 0;
    const auto client = core::runtime::make(world.make_environment(), settings);
    outcome<void> connected;
    world.run([](core::runtime& one, outcome<void>& into) -> io::awaitable<void> {
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

TEST_CASE("login 7.5: the authorization is exported and imported once, however many ask for it") {
    scripted_cluster all;
    all.connect();
    std::vector<std::shared_ptr<core::file_line>> lines;
    for (int index = 0; index < 4; ++index)
        asio::co_spawn(
            all.world().executor(),
            [](core::runtime& client, int which,
               std::vector<std::shared_ptr<core::file_line>>& into) -> io::awaitable<void> {
                auto line = co_await client.line(3, which);
                if (line) into.push_back(*line);
            }(all.client(), index, lines),
            asio::detached);
    all.world().settle();
    CHECK(lines.size() == 4);
    CHECK(ask(all, 3).value() == nearest_answer(3));
    CHECK(all.count(export_id) == 1);
    CHECK(all.count(import_id) == 1);
    CHECK(all.dc(3).count(import_id) == 1);
}

TEST_CASE("login 7.5: before a login nothing is exported") {
    scripted_cluster all(0);
    all.connect();
    CHECK(ask(all, 3).value() == nearest_answer(3));
    CHECK(all.count(export_id) == 0);
}

TEST_CASE("a failed import is told to all that wait for it, and tried again by the next") {
    scripted_cluster all;
    all.connect();
    int imports = 0;
    all.on_request = [&](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != import_id || ++imports > 1) return std::nullopt;
        return reply_error(400, "AUTH_BYTES_INVALID");
    };
    CHECK(ask(all, 3).error().is("AUTH_BYTES_INVALID"));
    CHECK(ask(all, 3).value() == nearest_answer(3));
}

TEST_CASE("errors 6: AUTH_KEY_UNREGISTERED at a foreign data centre imports again, once") {
    scripted_cluster all;
    all.connect();
    CHECK(ask(all, 3).has_value());
    all.on_request = failing(3, 1, 401, "AUTH_KEY_UNREGISTERED");
    CHECK(ask(all, 3).value() == nearest_answer(3));
    CHECK(all.count(import_id) == 2);
    all.on_request = failing(3, 1000, 401, "AUTH_KEY_UNREGISTERED");
    CHECK(ask(all, 3).error().code == errc::not_authorized);
    CHECK(all.count(import_id) == 3);
}

TEST_CASE("errors 6: at home it means that the login is gone") {
    scripted_cluster all;
    all.connect();
    all.on_request = failing(2, 1, 401, "SESSION_REVOKED");
    const outcome<bytes> answer = ask(all);
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == errc::not_authorized);
    CHECK(all.store().kept->user_id == 0);
    CHECK_FALSE(all.store().kept->dcs.at(2).authorized);
}

TEST_CASE(
    "a line for files has a session of its own, on the media address where there is one (protocol 8.6)") {
    scripted_cluster all;
    all.connect();
    const auto first = all.line(3, 0).value();
    const auto second = all.line(3, 1).value();
    CHECK(first != second);
    CHECK(all.line(3, 0).value() == first);
    outcome<bytes> one;
    outcome<bytes> two;
    all.run([](core::file_line& a, core::file_line& b, outcome<bytes>& x,
               outcome<bytes>& y) -> io::awaitable<void> {
        x = co_await a.call(nearest_request(), "help.getNearestDc");
        y = co_await b.call(nearest_request(), "help.getNearestDc");
    }(*first, *second, one, two));
    CHECK(one.value() == nearest_answer(3));
    CHECK(two.value() == nearest_answer(3));
    CHECK(all.media(3).sessions().size() == 2);
    CHECK(all.media(3).connections() == 2);
    CHECK(all.dc(3).count(nearest_id) == 0);
}

TEST_CASE("files 8.7: without a media address lines share the one session that is allowed") {
    scripted_cluster all;
    all.connect();
    CHECK(all.line(4, 0).value() == all.line(4, 1).value());
    CHECK(all.line(4, 0).value() == all.line(4, 7).value());
}

TEST_CASE("a line gives waits and migrations back as they are") {
    scripted_cluster all;
    all.connect();
    const auto line = all.line(3, 0).value();
    all.on_request = failing(3, 1, 420, "FLOOD_PREMIUM_WAIT_5");
    outcome<bytes> answer;
    const auto asking = [](core::file_line& at, outcome<bytes>& into) -> io::awaitable<void> {
        into = co_await at.call(nearest_request(), "help.getNearestDc");
    };
    all.run(asking(*line, answer));
    CHECK(answer.error().is("FLOOD_PREMIUM_WAIT"));
    all.on_request = failing(3, 1, 303, "FILE_MIGRATE_1");
    all.run(asking(*line, answer));
    CHECK(answer.error().is("FILE_MIGRATE"));
    CHECK(answer.error().value == 1);
    all.on_request = failing(3, 1, 401, "AUTH_KEY_UNREGISTERED");
    all.run(asking(*line, answer));
    CHECK(answer.value() == nearest_answer(3));
    CHECK(all.count(import_id) == 2);
}

TEST_CASE("closing ends a request that waits out a flood") {
    scripted_cluster all;
    all.connect();
    all.on_request = failing(2, 1, 420, "FLOOD_WAIT_3600");
    std::optional<outcome<bytes>> answer;
    asio::co_spawn(
        all.world().executor(),
        [](core::runtime& client, std::optional<outcome<bytes>>& into) -> io::awaitable<void> {
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

TEST_CASE("cancelling ends a request that waits out a flood") {
    scripted_cluster all;
    all.connect();
    all.on_request = failing(2, 1, 420, "FLOOD_WAIT_3600");
    std::optional<outcome<bytes>> answer;
    asio::cancellation_signal stop;
    asio::co_spawn(
        all.world().executor(),
        [](core::runtime& client, std::optional<outcome<bytes>>& into) -> io::awaitable<void> {
            const core::call_options how;
            into = co_await client.call(nearest_request(), "help.getNearestDc", how);
        }(all.client(), answer),
        asio::bind_cancellation_slot(stop.slot(), asio::detached));
    all.world().settle();
    stop.emit(asio::cancellation_type::terminal);
    all.world().settle();
    CHECK_FALSE(all.world().time().now().time_since_epoch() > 1h);
    CHECK(all.dc(2).count(nearest_id) == 1);
    CHECK((!answer.has_value() || answer->error().code == errc::cancelled));
}

TEST_CASE("an old configuration is fetched again before the next request") {
    scripted_cluster all;
    all.connect();
    all.run([](io::timers& time) -> io::awaitable<void> { co_await time.sleep_for(2h); }(all.world().time()));
    CHECK(ask(all).has_value());
    CHECK(all.count(tl::help::getConfig::tl_id) == 2);
    CHECK(ask(all).has_value());
    CHECK(all.count(tl::help::getConfig::tl_id) == 2);
}
