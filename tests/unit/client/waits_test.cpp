// What a client waits for is told, with its end; a flood wait longer than the bound is an error, and holds.
#include "unit/client/scripted_cluster.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <map>
#include <utility>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace asio = boost::asio;

namespace {

/// A cluster whose client tells of its waits.
struct told_cluster {
    explicit told_cluster(duration max_wait = 1h, std::int64_t user = 77)
        : all(user, [this, max_wait](config& settings) {
              settings.max_wait = max_wait;
              settings.on_wait = [this](const std::optional<wait_info>& what) {
                  told.emplace_back(now(), what);
              };
          }) {}

    time_point now() { return all.world().time().now(); }
    outcome<bytes> ask(int dc = 0) {
        return all.call(nearest_request(), "help.getNearestDc", core::call_options(dc));
    }
    /// Without waiting for the answer.
    std::shared_ptr<std::optional<outcome<bytes>>> begin_to_ask() {
        auto into = std::make_shared<std::optional<outcome<bytes>>>();
        asio::co_spawn(
            all.world().executor(),
            [](core::account_connections& client,
               std::shared_ptr<std::optional<outcome<bytes>>> slot) -> io::awaitable<void> {
                const core::call_options how;
                *slot = co_await client.call(nearest_request(), "help.getNearestDc", how);
            }(all.client(), into),
            asio::detached);
        return into;
    }
    void pass(duration time) {
        all.run([](io::timers& clock, duration much) -> io::awaitable<void> {
            co_await clock.sleep_for(much);
        }(all.world().time(), time));
    }
    /// Of the kind, in the order in which they were told.
    std::vector<wait_info> of(wait_kind kind) const {
        std::vector<wait_info> found;
        for (const auto& [when, what] : told)
            if (what && what->kind == kind) found.push_back(*what);
        return found;
    }

    std::vector<std::pair<time_point, std::optional<wait_info>>> told;
    scripted_cluster all;
};

/// Answers the first `times` requests for `method` with a flood wait.
scripted_cluster::handler flooding(std::uint32_t method, int seconds, int times = 1) {
    return [=, left = times](const seen_request& what) mutable -> std::optional<scripted_answer> {
        if (what.method != method || left-- <= 0) return std::nullopt;
        return reply_error(420, "FLOOD_WAIT_" + std::to_string(seconds));
    };
}

bool is_flood(const outcome<bytes>& answer, int seconds) {
    return !answer && answer.error().code == errc::rpc_error && answer.error().rpc_code == 420 &&
           answer.error().value == seconds;
}

}  // namespace

TEST_CASE("a flood wait is told when it begins, with the request and its end, and when it is over") {
    told_cluster one;
    one.all.connect();
    one.all.on_request = flooding(nearest_id, 42);
    const time_point began = one.now();
    CHECK(one.ask().has_value());
    REQUIRE(one.told.size() == 2);
    const wait_info& flood = one.told[0].second.value();
    CHECK(flood.kind == wait_kind::flood);
    CHECK(flood.dc == 2);
    CHECK(flood.method == "help.getNearestDc");
    CHECK(flood.begin - began < 1s);
    CHECK(flood.end.value() - flood.begin == 42s);
    CHECK(one.told[0].first == flood.begin);
    CHECK_FALSE(one.told[1].second.has_value());
    CHECK(one.told[1].first >= flood.end.value());
}

TEST_CASE("errors 6: a flood wait longer than the bound is an error at once, and holds in full") {
    told_cluster one(600s);
    one.all.connect();
    one.all.on_request = flooding(nearest_id, 601);
    const time_point began = one.now();
    CHECK(is_flood(one.ask(), 601));
    CHECK(one.now() - began < 1s);
    CHECK(one.of(wait_kind::flood).empty());
    // What is left is longer than the bound still: nothing goes out.
    one.pass(500ms);
    CHECK(is_flood(one.ask(), 601));
    CHECK(one.all.count(nearest_id) == 1);
    // Now it is not: the rest is waited out.
    one.pass(2s);
    CHECK(one.ask().has_value());
    CHECK(one.now() - began >= 601s);
    CHECK(one.all.count(nearest_id) == 2);
}

TEST_CASE("a flood wait as long as the bound is waited out") {
    told_cluster one(600s);
    one.all.connect();
    one.all.on_request = flooding(nearest_id, 600);
    const time_point began = one.now();
    CHECK(one.ask().has_value());
    CHECK(one.now() - began >= 600s);
}

TEST_CASE("the longest flood wait there is overflows nothing, with the bound and without") {
    constexpr int longest = 2'147'483'647;
    {
        told_cluster one;
        one.all.connect();
        one.all.on_request = flooding(nearest_id, longest);
        CHECK(is_flood(one.ask(), longest));
        one.pass(1h);
        CHECK(is_flood(one.ask(), longest - 3600));
        CHECK(one.all.count(nearest_id) == 1);
    }
    told_cluster one(duration::max());
    one.all.connect();
    one.all.on_request = flooding(nearest_id, longest);
    const auto answer = one.begin_to_ask();
    one.pass(24h);
    CHECK_FALSE(answer->has_value());
    REQUIRE(one.of(wait_kind::flood).size() == 1);
    const wait_info flood = one.of(wait_kind::flood).front();
    CHECK(flood.end.value() - flood.begin == std::chrono::seconds(longest));
    CHECK(one.all.count(nearest_id) == 1);
}

TEST_CASE("the bound holds wherever a request may meet with a flood") {
    const std::map<std::string, std::uint32_t> methods{
        {"help.getConfig", tl::help::getConfig::tl_id},
        {"auth.exportAuthorization", tl::auth::exportAuthorization::tl_id},
        {"auth.importAuthorization", tl::auth::importAuthorization::tl_id},
        {"auth.importBotAuthorization", tl::auth::importBotAuthorization::tl_id},
    };
    for (const auto& [name, id] : methods) {
        CAPTURE(name);
        const bool logs_in = id == tl::auth::importBotAuthorization::tl_id;
        told_cluster one(1h, logs_in ? 0 : 77);
        const bool at_first = id == tl::help::getConfig::tl_id;
        if (!at_first) one.all.connect();
        one.all.on_request = flooding(id, 7200, 1000);
        const time_point began = one.now();
        std::optional<failure> met;
        for (int i = 0; i < 3; ++i) {
            outcome<void> done;
            one.all.run([](core::account_connections& client, std::string what,
                           outcome<void>& into) -> io::awaitable<void> {
                if (what == "help.getConfig") {
                    into = co_await client.connect();
                } else if (what == "auth.importBotAuthorization") {
                    const outcome<account> who = co_await client.login_bot("1:token");
                    if (!who) into = who.error();
                } else {
                    const core::call_options how(3);
                    const outcome<bytes> answer =
                        co_await client.call(nearest_request(), "help.getNearestDc", how);
                    if (!answer) into = answer.error();
                }
            }(one.all.client(), name, done));
            REQUIRE_FALSE(done.has_value());
            CHECK(done.error().rpc_code == 420);
            CHECK(done.error().method == name);
        }
        CHECK(one.now() - began < 10s);
        CHECK(one.all.count(id) == 1);
    }
}

TEST_CASE("a flood wait for an authorization to be imported is told and waited out") {
    told_cluster one;
    one.all.connect();
    one.all.on_request = flooding(tl::auth::importAuthorization::tl_id, 30);
    const time_point began = one.now();
    CHECK(one.ask(3).has_value());
    CHECK(one.now() - began >= 30s);
    REQUIRE_FALSE(one.of(wait_kind::flood).empty());
    CHECK(one.of(wait_kind::flood).front().method == "auth.importAuthorization");
    CHECK(one.of(wait_kind::flood).front().dc == 3);
}

TEST_CASE("an outage is told with the next attempt, and is over with the answer") {
    told_cluster one;
    one.all.connect();
    one.all.dc(2).stop();
    one.all.dc(2).drop_lines();
    const auto answer = one.begin_to_ask();
    one.pass(10s);
    CHECK_FALSE(answer->has_value());
    const std::vector<wait_info> outages = one.of(wait_kind::outage);
    REQUIRE_FALSE(outages.empty());
    CHECK(outages.front().dc == 2);
    bool told_of_the_next = false;
    for (const wait_info& each : outages)
        told_of_the_next = told_of_the_next || (each.end && *each.end > each.begin);
    CHECK(told_of_the_next);
    CHECK(outages.back().begin == outages.front().begin);
    one.all.dc(2).listen();
    one.pass(20s);
    REQUIRE(answer->has_value());
    CHECK((*answer)->has_value());
    CHECK_FALSE(one.told.back().second.has_value());
}

TEST_CASE("a request without an answer is told as silence after five seconds, until the answer") {
    told_cluster one;
    one.all.connect();
    one.all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != nearest_id) return std::nullopt;
        scripted_answer late = reply(nearest_answer(2));
        late.after = 12s;
        return late;
    };
    const time_point began = one.now();
    CHECK(one.ask().has_value());
    REQUIRE(one.told.size() == 2);
    const wait_info& silence = one.told[0].second.value();
    CHECK(silence.kind == wait_kind::silence);
    CHECK(silence.method == "help.getNearestDc");
    CHECK(silence.begin - began < 1s);
    CHECK(one.told[0].first - silence.begin >= 5s);
    CHECK(one.told[0].first - silence.begin <= 6s);
    CHECK_FALSE(one.told[1].second.has_value());
}

TEST_CASE(
    "a line for files knows of its outage while a call is under way, and serves again with the answer") {
    told_cluster one;
    one.all.connect();
    const std::shared_ptr<core::file_connection> line = one.all.line(3, 0).value();
    one.pass(1s);
    one.all.media(3).stop();
    one.all.media(3).drop_lines();
    one.pass(1min);
    CHECK_FALSE(line->wait().has_value());  // nobody waits
    const time_point asked = one.now();
    const auto answer = std::make_shared<std::optional<outcome<bytes>>>();
    asio::co_spawn(
        one.all.world().executor(),
        [](std::shared_ptr<core::file_connection> over,
           std::shared_ptr<std::optional<outcome<bytes>>> slot) -> io::awaitable<void> {
            *slot = co_await over->call(nearest_request(), "help.getNearestDc");
        }(line, answer),
        asio::detached);
    one.pass(5s);
    REQUIRE(line->wait().has_value());
    CHECK(line->wait()->kind == wait_kind::outage);
    CHECK(line->wait()->dc == 3);
    CHECK(line->wait()->begin >= asked);
    CHECK_FALSE(line->serves());
    one.all.media(3).listen();
    one.pass(20s);
    REQUIRE(answer->has_value());
    CHECK((*answer)->has_value());
    CHECK_FALSE(line->wait().has_value());
}

TEST_CASE("requests that are answered tell of no wait, and nothing goes on behind them") {
    told_cluster one;
    one.all.connect();
    for (int i = 0; i < 10; ++i)
        CHECK(one.ask().has_value());
    one.pass(1h);
    CHECK(one.told.empty());
}

TEST_CASE("of several waits a flood is told first, and of floods the longest") {
    told_cluster one;
    one.all.connect();
    one.all.on_request = [&](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method == nearest_id && one.all.count(nearest_id) <= 1)
            return reply_error(420, "FLOOD_WAIT_30");
        if (what.method == tl::help::getConfig::tl_id) return reply_error(420, "FLOOD_WAIT_50");
        return std::nullopt;
    };
    const auto answer = one.begin_to_ask();
    one.pass(1s);
    const auto config = std::make_shared<std::optional<outcome<bytes>>>();
    asio::co_spawn(
        one.all.world().executor(),
        [](core::account_connections& client,
           std::shared_ptr<std::optional<outcome<bytes>>> slot) -> io::awaitable<void> {
            const tl::help::getConfig request{};
            bytes encoded = tl::encode(request);
            const core::call_options how;
            *slot = co_await client.call(std::move(encoded), "help.getConfig", how);
        }(one.all.client(), config),
        asio::detached);
    one.pass(5s);
    REQUIRE(one.told.size() == 2);
    CHECK(one.told[0].second->method == "help.getNearestDc");
    CHECK(one.told[1].second->method == "help.getConfig");
    one.pass(30s);
    REQUIRE(answer->has_value());
    CHECK((*answer)->has_value());
    CHECK(one.told.back().second->method == "help.getConfig");
}

TEST_CASE("an answer of another layer is told as such, and no one on the way is blamed") {
    scripted_cluster all(0);
    all.connect();
    all.on_request = [](const seen_request& what) -> std::optional<scripted_answer> {
        if (what.method != tl::auth::importBotAuthorization::tl_id) return std::nullopt;
        return reply(bytes::copy("\x01\x02\x03\x04, of another layer.."));
    };
    outcome<account> who;
    all.run([](core::account_connections& client, outcome<account>& into) -> io::awaitable<void> {
        into = co_await client.login_bot("1:token");
    }(all.client(), who));
    REQUIRE_FALSE(who.has_value());
    CHECK(who.error().is("LAYER_MISMATCH"));
    CHECK(who.error().message().find("layer " + std::to_string(tl::api_layer)) != std::string::npos);
}
