// Connections for files: which there are, and whose answers come back.
#include "unit/client/asking.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;
namespace io = mtproto::io;

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
