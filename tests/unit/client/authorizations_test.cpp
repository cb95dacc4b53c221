// The account's authorization at other data centres: imported once, and again where it is lost.
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
