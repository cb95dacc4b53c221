// A connection whose temporary key was renewed: from one session to the next without a loss.
#include "crypto/seeded_random.hpp"
#include "net/connection.hpp"
#include "net/route.hpp"
#include "unit/net/scripted_server.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <functional>
#include <memory>
#include <optional>
#include <utility>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;
using net::connection;
namespace io = mtproto::io;
namespace asio = boost::asio;

namespace {

const io::endpoint dc_place{"dc2", 443};

bytes country_answer() {
    tl::nearestDc answer;
    answer.country = "XX";
    return tl::encode(answer);
}

test::scripted_answer after(duration time) {
    test::scripted_answer how = test::reply(country_answer());
    how.after = time;
    return how;
}

/// Of the executor.
io::awaitable<void> pass_turns(int count) {
    for (int turn = 0; turn < count; ++turn)
        co_await asio::post(asio::use_awaitable);
}

using answer_slot = std::shared_ptr<std::optional<outcome<bytes>>>;

/// One connection, with a temporary key that stands for no permanent one.
struct switch_setting {
    explicit switch_setting(test::scripted_server::handler how)
        : world(random), server(world, 2, dc_place, test::key_of_test(1), std::move(how)) {
        shared = std::make_shared<net::services>(world.make_environment(), nullptr);
        shared->dialer = std::make_unique<net::route_dialer>(world.net(), world.time(), random, net::route());
        shared->client.api_id = 1;
        slot = std::make_shared<net::key_slot>(world.executor(), 24h, nullptr);
        put_key(1);
        net::connection_options settings;
        settings.dc = 2;
        settings.addresses = {dc_place};
        line = connection::make(shared, slot, std::move(settings));
    }
    ~switch_setting() {
        line->close();
        world.settle();
    }

    void put_key(std::uint64_t seed) {
        server.add_key(test::key_of_test(seed));
        slot->set(test::key_of_test(seed), session::salt_book(0x5a17), duration{},
                  net::life_of(24h, world.time().now(), random));
    }
    answer_slot ask(bool idempotent = true) {
        auto into = std::make_shared<std::optional<outcome<bytes>>>();
        asio::co_spawn(world.executor(), asking(line, into, idempotent), asio::detached);
        world.settle();
        return into;
    }
    static io::awaitable<void> asking(std::shared_ptr<connection> to, answer_slot into, bool idempotent) {
        const tl::help::getNearestDc request{};
        bytes encoded = tl::encode(request);
        const std::string name = "help.getNearestDc";
        *into = co_await to->call(std::move(encoded), name, idempotent);
    }
    void pass(duration time) {
        world.run([](io::timers& with, duration how_long) -> io::awaitable<void> {
            co_await with.sleep_for(how_long);
        }(world.time(), time));
    }
    bool answered(const answer_slot& what) const { return what->has_value() && (*what)->has_value(); }

    crypto::seeded_random random{1};
    io::simulation world;
    test::scripted_server server;
    std::shared_ptr<net::services> shared;
    std::shared_ptr<net::key_slot> slot;
    std::shared_ptr<connection> line;
};

}  // namespace

TEST_CASE("pfs 3.1: what is under way is answered in the old session, what comes then is asked in the next") {
    switch_setting here([](const auto&) { return after(3s); });
    const answer_slot first = here.ask(false);
    here.put_key(2);
    const answer_slot second = here.ask(false);
    here.pass(2s);
    CHECK(here.server.seen().size() == 1);
    here.pass(5s);
    CHECK(here.answered(first));
    CHECK(here.answered(second));
    REQUIRE(here.server.seen().size() == 2);
    CHECK(here.server.seen()[1].session_id != here.server.seen()[0].session_id);
    CHECK(here.server.seen()[1].initialized);  // protocol 5.11
    CHECK(here.server.connections() == 1);
}

TEST_CASE("pfs 3.1: an idle connection moves over at once, on the same line") {
    switch_setting here([](const auto&) { return after(1ms); });
    const answer_slot first = here.ask();
    here.pass(1s);
    here.put_key(2);
    here.pass(1s);
    CHECK(here.server.sessions().size() == 2);
    here.pass(10min);
    const answer_slot second = here.ask();
    here.pass(1s);
    CHECK(here.answered(first));
    CHECK(here.answered(second));
    CHECK(here.server.connections() == 1);
}

TEST_CASE("pfs 3.1: a connection moves over at any moment between two reads, and keeps its line") {
    constexpr int most = 24;  // it is long over by then
    for (int turns = 0; turns < most; ++turns) {
        CAPTURE(turns);
        switch_setting here([](const auto&) { return after(1ms); });
        const answer_slot first = here.ask();
        here.pass(1s);
        // A pong is on its way then (protocol 5.10).
        here.world.run([](switch_setting& in, int before) -> io::awaitable<void> {
            co_await in.world.time().sleep_for(29s);
            co_await pass_turns(before);
            in.put_key(2);
            co_await pass_turns(most);
        }(here, turns));
        here.pass(1s);
        const answer_slot second = here.ask();
        here.pass(1s);
        CHECK(here.answered(second));
        CHECK(here.server.connections() == 1);
    }
}

TEST_CASE(
    "pfs 3.1: an answer that does not come holds the next session up for a minute, and is asked again") {
    int asked = 0;
    switch_setting here([&](const auto&) { return ++asked == 1 ? test::scripted_answer() : after(1ms); });
    const answer_slot first = here.ask();
    here.put_key(2);
    const answer_slot second = here.ask();
    here.pass(net::rekeying::patience_with_old_session - 1s);
    CHECK_FALSE(here.answered(second));
    here.pass(2s);
    CHECK(here.answered(second));
    CHECK(here.answered(first));
}

TEST_CASE("pfs 3.1: the minute begins again with each answer") {
    switch_setting here(
        [number = 0](const auto&) mutable { return ++number == 1 ? after(20s) : after(75s); });
    const answer_slot first = here.ask(false);
    const answer_slot last = here.ask(false);
    here.put_key(2);
    here.pass(76s);
    CHECK(here.answered(first));
    CHECK(here.answered(last));
    CHECK(here.server.sessions().size() == 2);
}

TEST_CASE("pfs 3.1: a key whose time is over is not used again") {
    switch_setting here([](const auto&) { return after(1ms); });
    const answer_slot first = here.ask();
    here.pass(1s);
    CHECK(here.answered(first));
    here.server.stop();
    here.server.drop_lines();
    here.pass(25h);
    here.server.listen();
    const answer_slot second = here.ask();
    here.pass(1min);
    CHECK(here.server.seen().size() == 1);  // a scripted data centre makes no keys
    CHECK_FALSE(here.answered(second));
}
