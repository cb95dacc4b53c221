// Requests of an account: where they go, and what is done about errors (protocol 6).
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

using answer_slot = std::shared_ptr<std::optional<outcome<bytes>>>;

/// A request that goes on by itself; `then` runs when it is answered.
answer_slot ask_in_background(scripted_cluster& at, int dc = 0, std::function<void()> then = nullptr) {
    auto into = std::make_shared<std::optional<outcome<bytes>>>();
    asio::co_spawn(
        at.world().executor(),
        [](core::account_connections& client, int where, answer_slot slot,
           std::function<void()> after) -> io::awaitable<void> {
            const core::call_options how(where);
            *slot = co_await client.call(nearest_request(), "help.getNearestDc", how);
            if (after) after();
        }(at.client(), dc, into, std::move(then)),
        asio::detached);
    return into;
}

/// The same over a line for files.
answer_slot ask_over(scripted_cluster& at, std::shared_ptr<core::file_connection> line) {
    auto into = std::make_shared<std::optional<outcome<bytes>>>();
    asio::co_spawn(
        at.world().executor(),
        [](std::shared_ptr<core::file_connection> over, answer_slot slot) -> io::awaitable<void> {
            *slot = co_await over->call(nearest_request(), "help.getNearestDc");
        }(std::move(line), into),
        asio::detached);
    return into;
}

void pass(scripted_cluster& at, duration time) {
    at.run([](io::timers& clock, duration much) -> io::awaitable<void> { co_await clock.sleep_for(much); }(
                                                    at.world().time(), time));
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

TEST_CASE("errors 6: the configuration cannot be had where only it would say where that is") {
    for (const char* text : {"NETWORK_MIGRATE_9", "FILE_MIGRATE_9", "STATS_MIGRATE_9"}) {
        CAPTURE(text);
        scripted_cluster all;
        all.on_request = [&](const seen_request& what) -> std::optional<scripted_answer> {
            if (what.method != tl::help::getConfig::tl_id) return std::nullopt;
            return reply_error(303, text);
        };
        try {
            all.connect();
            FAIL("it connected");
        } catch (const error& why) {
            CHECK(why.info().rpc_code == 303);
        }
    }
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
    std::vector<std::shared_ptr<core::file_connection>> lines;
    for (int index = 0; index < 4; ++index)
        asio::co_spawn(
            all.world().executor(),
            [](core::account_connections& client, int which,
               std::vector<std::shared_ptr<core::file_connection>>& into) -> io::awaitable<void> {
                auto line = co_await client.connection_for_files(3, which);
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
    std::vector<answer_slot> asked;
    for (int count = 0; count < 4; ++count)
        asked.push_back(ask_in_background(all, 3));
    all.world().settle();
    for (const answer_slot& each : asked) {
        REQUIRE(each->has_value());
        REQUIRE_FALSE((*each)->has_value());
        CHECK((*each)->error().is("AUTH_BYTES_INVALID"));
    }
    CHECK(all.count(export_id) == 1);
    CHECK(imports == 1);
    CHECK(ask(all, 3).value() == nearest_answer(3));
    CHECK(imports == 2);
}

TEST_CASE("an import whose caller is cancelled is made by the next that waits") {
    scripted_cluster all;
    all.connect();
    all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != export_id) return std::nullopt;
        tl::auth::exportedAuthorization ticket;
        ticket.id = 77;
        ticket.bytes = bytes::copy("ticket");
        scripted_answer how = reply(tl::encode(ticket));
        how.after = 1s;
        return how;
    };
    asio::cancellation_signal stop;
    bool ended = false;
    asio::co_spawn(
        all.world().executor(),
        [](core::account_connections& client) -> io::awaitable<void> {
            const core::call_options how(3);
            co_await client.call(nearest_request(), "help.getNearestDc", how);
        }(all.client()),
        asio::bind_cancellation_slot(stop.slot(), [&](std::exception_ptr) { ended = true; }));
    all.world().settle();
    const answer_slot other = ask_in_background(all, 3);
    all.world().settle();
    stop.emit(asio::cancellation_type::terminal);
    pass(all, 5s);
    CHECK(ended);
    REQUIRE(other->has_value());
    CHECK((*other)->value() == nearest_answer(3));
    CHECK(all.count(import_id) == 1);
}

TEST_CASE(
    "errors 6: a 401 that was under way when the authorization was imported again costs no third import") {
    scripted_cluster all;
    all.connect();
    const auto quick = all.line(3, 0).value();
    const auto slow = all.line(3, 1).value();
    int asked = 0;
    all.on_request = [&](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != nearest_id || ++asked > 2) return std::nullopt;
        scripted_answer how = reply_error(401, "AUTH_KEY_UNREGISTERED");
        if (asked == 1) how.after = 3s;
        return how;
    };
    const answer_slot late = ask_over(all, slow);
    all.world().settle();
    const answer_slot first = ask_over(all, quick);
    pass(all, 10s);
    REQUIRE(first->has_value());
    CHECK((*first)->value() == nearest_answer(3));
    REQUIRE(late->has_value());
    CHECK((*late)->value() == nearest_answer(3));
    CHECK(all.count(import_id) == 2);
}

TEST_CASE("errors 6: a file's request outlives an authorization that is forgotten twice, but not for ever") {
    for (const int times : {2, 1000}) {
        CAPTURE(times);
        scripted_cluster all;
        all.connect();
        const auto line = all.line(3, 0).value();
        all.on_request = failing(3, times, 401, "AUTH_KEY_UNREGISTERED");
        const answer_slot answer = ask_over(all, line);
        pass(all, 10s);
        REQUIRE(answer->has_value());
        CHECK((*answer)->has_value() == (times == 2));
        CHECK(all.count(import_id) == (times == 2 ? 3 : 4));
    }
}

TEST_CASE("errors 6: a 401 from before a login does not end it") {
    scripted_cluster all(0);
    all.connect();
    all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method == tl::auth::importBotAuthorization::tl_id)
            return reply(authorization_answer(5, true));
        if (what.method != nearest_id) return std::nullopt;
        scripted_answer how = reply_error(401, "AUTH_KEY_UNREGISTERED");
        how.after = 3s;
        return how;
    };
    const answer_slot early = ask_in_background(all);
    all.world().settle();
    all.run([](core::account_connections& client) -> io::awaitable<void> {
        const outcome<account> who = co_await client.login_bot("1:token");
        CHECK(who.has_value());
    }(all.client()));
    pass(all, 10s);
    REQUIRE(early->has_value());
    CHECK((*early)->error().code == errc::not_authorized);
    CHECK(all.store().kept->user_id == 5);
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
    all.run([](core::file_connection& a, core::file_connection& b, outcome<bytes>& x,
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
    // The main connection's: it has made the import, and a second one would be one too many.
    std::vector<answer_slot> over_lines;
    for (const int index : {0, 1, 7})
        over_lines.push_back(ask_over(all, all.line(4, index).value()));
    CHECK(ask(all, 4).value() == nearest_answer(4));
    all.world().settle();
    for (const answer_slot& each : over_lines) {
        REQUIRE(each->has_value());
        CHECK((*each)->value() == nearest_answer(4));
    }
    CHECK(all.dc(4).sessions().size() == 1);
}

TEST_CASE("files 8.7: with tmp_sessions there are as many, the main connection's among them") {
    scripted_cluster all;
    all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != tl::help::getConfig::tl_id) return std::nullopt;
        auto told = tl::decode<tl::config>(config_answer(what.dc));
        told->tmp_sessions = 2;
        return reply(tl::encode(*told));
    };
    all.connect();
    std::vector<answer_slot> asked;
    for (int index = 0; index < 4; ++index)
        asked.push_back(ask_over(all, all.line(4, index).value()));
    CHECK(ask(all, 4).has_value());
    all.world().settle();
    for (const answer_slot& each : asked)
        CHECK((*each)->value() == nearest_answer(4));
    CHECK(all.dc(4).sessions().size() == 2);
}

TEST_CASE("transport error 1.6: -444 on a line has the configuration fetched again, once for all lines") {
    scripted_cluster all;
    all.connect();
    std::vector<std::shared_ptr<core::file_connection>> lines{all.line(3, 0).value(), all.line(3, 1).value()};
    pass(all, 5min);
    int wrong = 0;
    all.on_request = [&](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != nearest_id || ++wrong > 2) return std::nullopt;
        scripted_answer how;
        how.refuse = -444;
        return how;
    };
    std::vector<answer_slot> asked;
    for (const auto& each : lines)
        asked.push_back(ask_over(all, each));
    pass(all, 10s);
    for (const answer_slot& each : asked) {
        REQUIRE(each->has_value());
        CHECK((*each)->value() == nearest_answer(3));
    }
    CHECK(all.count(tl::help::getConfig::tl_id) == 2);
}

TEST_CASE("a line gives waits and migrations back as they are") {
    scripted_cluster all;
    all.connect();
    const auto line = all.line(3, 0).value();
    all.on_request = failing(3, 1, 420, "FLOOD_PREMIUM_WAIT_5");
    outcome<bytes> answer;
    const auto asking = [](core::file_connection& at, outcome<bytes>& into) -> io::awaitable<void> {
        into = co_await at.call(nearest_request(), "help.getNearestDc");
    };
    all.run(asking(*line, answer));
    CHECK(answer.error().is("FLOOD_PREMIUM_WAIT"));
    pass(all, 5s);
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

TEST_CASE("an old configuration is fetched again before the next request") {
    scripted_cluster all;
    all.connect();
    all.run([](io::timers& time) -> io::awaitable<void> { co_await time.sleep_for(2h); }(all.world().time()));
    CHECK(ask(all).has_value());
    CHECK(all.count(tl::help::getConfig::tl_id) == 2);
    CHECK(ask(all).has_value());
    CHECK(all.count(tl::help::getConfig::tl_id) == 2);
}

TEST_CASE("an old configuration that cannot be had again does not hold up every request") {
    scripted_cluster all;
    all.connect();
    pass(all, 2h);
    all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != tl::help::getConfig::tl_id) return std::nullopt;
        return reply_error(500, "INTERNAL");
    };
    CHECK(ask(all).has_value());
    const int tried = all.count(tl::help::getConfig::tl_id);
    CHECK(tried > 1);
    const time_point began = all.world().time().now();
    CHECK(ask(all).has_value());
    CHECK(all.world().time().now() == began);
    CHECK(all.count(tl::help::getConfig::tl_id) == tried);
    pass(all, 2min);
    CHECK(ask(all).has_value());
    CHECK(all.count(tl::help::getConfig::tl_id) > tried);
}
