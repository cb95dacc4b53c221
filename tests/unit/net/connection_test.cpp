// A connection against a scripted data centre, in virtual time.
#include "net/connection.hpp"

#include "crypto/seeded_random.hpp"
#include "net/route.hpp"
#include "unit/net/scripted_server.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/cancellation_signal.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <doctest/doctest.h>

#include <functional>
#include <optional>

using namespace mtproto;
using namespace std::chrono_literals;
using net::connection;
namespace io = mtproto::io;
namespace asio = boost::asio;

namespace {

bytes nearest_request() {
    const tl::help::getNearestDc request{};
    return tl::encode(request);
}

bytes nearest_answer() {
    tl::nearestDc answer;
    answer.country = "XX";
    answer.this_dc = 2;
    answer.nearest_dc = 2;
    return tl::encode(answer);
}

constexpr std::uint32_t nearest_id = tl::help::getNearestDc::tl_id;
const io::endpoint place{"dc2", 443};
const io::endpoint nowhere{"nowhere", 443};

/// A request that nobody waits for.
struct background {
    std::optional<outcome<bytes>> answer;
    asio::cancellation_signal stop;
};

struct setting {
    explicit setting(
        test::scripted_server::handler how = [](const auto&) { return test::reply(nearest_answer()); },
        std::vector<io::endpoint> where = {place})
        : world(random), key(test::key_of_test(1)) {
        server.emplace(world, 2, place, key, std::move(how));
        shared = std::make_shared<net::services>(world.make_environment(), nullptr);
        shared->dialer = std::make_unique<net::route_dialer>(world.net(), world.time(), random, net::route());
        shared->client.api_id = 1;
        slot = std::make_shared<net::key_slot>(world.executor());
        slot->set(key, session::salt_book(0x5a17), duration{});
        slot->on_drop = [this](bool) { ++drops; };
        addresses = std::move(where);
        line = another_line();
    }
    ~setting() {
        for (const std::shared_ptr<connection>& each : lines)
            each->close();
        world.settle();
        server.reset();
    }

    /// With a session of its own, on the same key.
    template <class Change>
    std::shared_ptr<connection> another_line(const Change& change) {
        net::connection_options how_to;
        how_to.dc = 2;
        how_to.addresses = addresses;
        how_to.on_wrong_dc = [this] { ++wrong_dcs; };
        change(how_to);
        return lines.emplace_back(connection::make(shared, slot, std::move(how_to)));
    }
    std::shared_ptr<connection> another_line() {
        return another_line([](net::connection_options&) {});
    }
    /// As a key exchange would: the server knows the key, and the slot has it.
    void make_key(std::uint64_t seed) {
        const auto made = test::key_of_test(seed);
        server->add_key(made);
        slot->set(made, session::salt_book(0x5a17), duration{});
    }

    outcome<bytes> ask(bool idempotent = true) {
        const auto into = std::make_shared<background>();
        world.run(asking(line, into, idempotent));
        return *into->answer;
    }
    std::shared_ptr<background> ask_in_background(bool idempotent = true) {
        return ask_in_background(line, idempotent);
    }
    std::shared_ptr<background> ask_in_background(std::shared_ptr<connection> over, bool idempotent = true) {
        auto into = std::make_shared<background>();
        asio::co_spawn(world.executor(), asking(std::move(over), into, idempotent),
                       asio::bind_cancellation_slot(into->stop.slot(), asio::detached));
        world.settle();
        return into;
    }
    static io::awaitable<void> asking(std::shared_ptr<connection> to, std::shared_ptr<background> into,
                                      bool idempotent) {
        bytes request = nearest_request();
        const std::string name = "help.getNearestDc";
        into->answer = co_await to->call(std::move(request), name, idempotent);
    }
    io::awaitable<void> pass(duration time) { co_await world.time().sleep_for(time); }

    crypto::seeded_random random{1};
    io::simulation world;
    std::shared_ptr<const crypto::auth_key> key;
    std::optional<test::scripted_server> server;
    std::shared_ptr<net::services> shared;
    std::shared_ptr<net::key_slot> slot;
    std::vector<io::endpoint> addresses;
    std::vector<std::shared_ptr<connection>> lines;
    std::shared_ptr<connection> line;  // the first of them
    int drops = 0;                     // of the key
    int wrong_dcs = 0;
};

/// Takes connections in the server's place, and closes them or says nothing.
class impostor {
  public:
    impostor(setting& here, bool closes) : at_(here.world.net().listen(place).value()) {
        asio::co_spawn(here.world.executor(), serve(at_, closes, taken_, kept_), asio::detached);
    }
    ~impostor() { at_->close(); }
    int taken() const { return *taken_; }

  private:
    using streams = std::vector<std::unique_ptr<io::stream>>;
    static io::awaitable<void> serve(std::shared_ptr<io::acceptor> at, bool closes,
                                     std::shared_ptr<int> taken, std::shared_ptr<streams> kept) {
        for (;;) {
            result<std::unique_ptr<io::stream>> made = co_await at->accept();
            if (!made) co_return;
            ++*taken;
            if (closes)
                (*made)->close();
            else
                kept->push_back(std::move(*made));
        }
    }

    std::shared_ptr<io::acceptor> at_;
    std::shared_ptr<int> taken_ = std::make_shared<int>(0);
    std::shared_ptr<streams> kept_ = std::make_shared<streams>();
};

struct checking {
    std::optional<outcome<void>> answer;
    static io::awaitable<void> run(std::shared_ptr<connection> what, std::shared_ptr<checking> into) {
        into->answer = co_await connection::check(what);
    }
};

std::shared_ptr<checking> check_in_background(setting& here) {
    auto made = std::make_shared<checking>();
    asio::co_spawn(here.world.executor(), checking::run(here.line, made), asio::detached);
    here.world.settle();
    return made;
}

}  // namespace

TEST_CASE("a line that connects under a known key and brings nothing is not alive") {
    for (const bool closes : {false, true}) {
        CAPTURE(closes);
        setting here;
        CHECK(here.ask().has_value());
        here.server->stop();
        here.server->drop_lines();
        {
            impostor in_its_place(here, closes);
            const auto checked = check_in_background(here);
            here.world.run(here.pass(4s));
            CHECK(in_its_place.taken() >= 1);
            CHECK_FALSE(checked->answer);
            here.world.run(here.pass(3min));
            REQUIRE(checked->answer);
            CHECK(checked->answer->has_error());
        }
        here.world.settle();
        here.server->listen();
        const auto checked = check_in_background(here);
        here.world.run(here.pass(1min));
        REQUIRE(checked->answer);
        CHECK(checked->answer->has_value());
    }
}

TEST_CASE("what failed under one request counts for the next one, until something is answered") {
    setting here;
    CHECK(here.ask().has_value());
    here.server->stop();
    here.server->drop_lines();
    here.world.settle();
    {
        impostor in_its_place(here, true);
        const auto first = here.ask_in_background();
        here.world.run(here.pass(4s));
        const int before = in_its_place.taken();
        CHECK(before >= 2);
        CHECK(before < net::reconnect_policy::setbacks_after);
        first->stop.emit(asio::cancellation_type::terminal);
        here.world.settle();
        const auto second = here.ask_in_background();
        here.world.run(here.pass(2min));
        REQUIRE(second->answer);
        CHECK(second->answer->has_error());
        CHECK(in_its_place.taken() == net::reconnect_policy::setbacks_after);
    }
    here.world.settle();
    here.server->listen();
    CHECK(here.ask().has_value());
}

TEST_CASE("a server that never answers, on a line that lives, ends the request by its time") {
    setting here([](const test::seen_request&) { return test::scripted_answer(); });
    const time_point began = here.world.time().now();
    const outcome<bytes> answer = here.ask();
    REQUIRE(answer.has_error());
    CHECK(answer.error().code == errc::timed_out);
    CHECK(answer.error().method == "help.getNearestDc");
    CHECK(here.world.time().now() - began <= 110s);
}

TEST_CASE("a request is answered, and the first one introduces the client (protocol 5.11)") {
    setting here;
    CHECK(here.server->connections() == 0);
    CHECK(here.ask().value() == nearest_answer());
    CHECK(here.ask().value() == nearest_answer());
    REQUIRE(here.server->seen().size() == 2);
    CHECK(here.server->seen()[0].initialized);
    CHECK_FALSE(here.server->seen()[1].initialized);
    CHECK(here.server->connections() == 1);
}

TEST_CASE("cdn: a connection that is to be anonymous says nothing about the device") {
    setting here;
    here.shared->client.device_model = "my telephone";
    here.shared->client.system_version = "7";
    here.line = here.another_line([](net::connection_options& how) { how.anonymous = true; });
    CHECK(here.ask().has_value());
    here.line = here.another_line();
    CHECK(here.ask().has_value());
    REQUIRE(here.server->seen().size() == 2);
    CHECK(here.server->seen()[0].device == "n/a, n/a");
    CHECK(here.server->seen()[1].device == "my telephone, 7");
}

TEST_CASE("a server that wants initConnection again gets it (protocol 5.11)") {
    int asked = 0;
    setting here([&](const test::seen_request&) {
        return ++asked == 2 ? test::reply_error(400, "CONNECTION_NOT_INITED") : test::reply(nearest_answer());
    });
    CHECK(here.ask().has_value());
    CHECK(here.ask().has_value());
    REQUIRE(here.server->seen().size() == 3);
    CHECK_FALSE(here.server->seen()[1].initialized);
    CHECK(here.server->seen()[2].initialized);
}

TEST_CASE("one that wants it for ever gets an error back instead of a loop") {
    setting here(
        [](const test::seen_request&) { return test::reply_error(400, "CONNECTION_LAYER_INVALID"); });
    const outcome<bytes> answer = here.ask();
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().is("CONNECTION_LAYER_INVALID"));
    CHECK(here.server->seen().size() <= 4);
}

TEST_CASE("an RPC error comes back with its number taken out") {
    setting here([](const test::seen_request&) { return test::reply_error(420, "FLOOD_WAIT_42"); });
    const outcome<bytes> answer = here.ask();
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == errc::rpc_error);
    CHECK(answer.error().rpc_code == 420);
    CHECK(answer.error().rpc_type == "FLOOD_WAIT");
    CHECK(answer.error().value == 42);
    CHECK(answer.error().method == "help.getNearestDc");
    CHECK(answer.error().dc == 2);
}

TEST_CASE("errors 6: a flood wait that one line is told holds for what waits for another to come up") {
    int asked = 0;
    setting here([&](const test::seen_request&) {
        return ++asked == 1 ? test::reply_error(420, "FLOOD_WAIT_42") : test::reply(nearest_answer());
    });
    REQUIRE_FALSE(here.ask().has_value());
    here.line = here.another_line();
    const outcome<bytes> held = here.ask();
    REQUIRE_FALSE(held.has_value());
    CHECK(held.error().rpc_code == 420);
    CHECK(held.error().is("FLOOD_WAIT"));
    CHECK(held.error().value == 42);
    CHECK(held.error().method == "help.getNearestDc");
    CHECK(asked == 1);  // the server was not asked

    here.world.run(here.pass(42s));
    here.line = here.another_line();
    CHECK(here.ask().has_value());
}

TEST_CASE("an idempotent request outlives the line that it was sent on") {
    int asked = 0;
    setting here([&](const test::seen_request&) {
        test::scripted_answer how = test::reply(nearest_answer());
        how.drop_line = ++asked <= 2;
        return how;
    });
    CHECK(here.ask().value() == nearest_answer());
    CHECK(here.server->connections() == 3);
    CHECK(here.server->sessions().size() == 1);
}

TEST_CASE(
    "protocol 5.8: what is said about the sending that a lost line dropped is not taken for the answer") {
    setting here([](const test::seen_request&) {
        test::scripted_answer how = test::reply(nearest_answer());
        how.after = 3s;
        return how;
    });
    const auto one = here.ask_in_background();
    here.world.run(here.pass(1s));
    here.server->drop_lines();
    here.world.run(here.pass(30s));
    REQUIRE(here.server->seen().size() == 2);
    CHECK(here.server->dropped() == std::set<std::int64_t>{here.server->seen()[0].msg_id});
    REQUIRE(one->answer.has_value());
    CHECK(one->answer->value() == nearest_answer());
}

TEST_CASE("a request that is not idempotent is not carried out twice") {
    int asked = 0;
    setting here([&](const test::seen_request&) {
        test::scripted_answer how = test::reply(nearest_answer());
        how.drop_line = ++asked == 1;
        return how;
    });
    const auto asked_once = here.ask_in_background(false);
    here.world.run(here.pass(60s));
    CHECK(here.server->connections() >= 2);  // it came back and asked what became of it
    CHECK_FALSE(asked_once->answer.has_value());
    here.world.run(here.pass(120s));  // the server has it, it says, but no answer comes
    CHECK(here.server->count(nearest_id) == 1);
    REQUIRE(asked_once->answer.has_value());
    CHECK(asked_once->answer->error().code == errc::connection_closed);
}

TEST_CASE("where nobody listens the error comes after a few tries, with the address") {
    setting here;
    here.server->stop();
    const time_point began = here.world.time().now();
    const outcome<bytes> answer = here.ask();
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == errc::connection_failed);
    CHECK(answer.error().detail == "dc2:443");
    CHECK(here.world.time().now() - began < 10s);
    CHECK(here.world.time().now() - began > 1s);
}

TEST_CASE("every address is tried before a request is given up") {
    setting here([](const auto&) { return test::reply(nearest_answer()); },
                 {nowhere, nowhere, nowhere, nowhere, nowhere, place});
    const time_point began = here.world.time().now();
    CHECK(here.ask().value() == nearest_answer());
    // No pause but the pacing's (protocol 8.8) keeps one from the next.
    CHECK(here.world.time().now() - began <= 12s);
}

TEST_CASE("a line that is lost after it worked comes back at the same address") {
    setting here([](const auto&) { return test::reply(nearest_answer()); }, {place, nowhere});
    for (int round = 1; round <= 3; ++round) {
        const time_point began = here.world.time().now();
        CHECK(here.ask().value() == nearest_answer());
        CHECK(here.world.time().now() == began);
        CHECK(here.server->connections() == round);
        here.server->drop_lines();
        here.world.settle();
    }
}

TEST_CASE("who asks after a request was given up is answered as soon as that one could have been") {
    setting here;
    CHECK(here.ask().has_value());
    here.server->stop();
    here.server->drop_lines();
    CHECK(here.ask().error().code == errc::connection_failed);
    here.server->listen();
    const time_point began = here.world.time().now();
    CHECK(here.ask().value() == nearest_answer());
    CHECK(here.world.time().now() - began <= 1s);
}

TEST_CASE("an answer that came whole just before the end of the line is not asked for again") {
    setting here([](const test::seen_request&) {
        test::scripted_answer how = test::reply(nearest_answer());
        how.close_after = true;
        return how;
    });
    // The packet waits in the decrypter while the end is read.
    CHECK(here.ask().value() == nearest_answer());
    CHECK(here.ask(false).value() == nearest_answer());
    CHECK(here.server->count(nearest_id) == 2);
}

TEST_CASE("a server that comes back in time is found again") {
    setting here;
    CHECK(here.ask().has_value());
    here.server->stop();
    here.server->drop_lines();
    const auto one = here.ask_in_background();
    here.world.run(here.pass(5s));
    CHECK_FALSE(one->answer.has_value());
    here.server->listen();
    here.world.run(here.pass(30s));
    REQUIRE(one->answer.has_value());
    CHECK(one->answer->value() == nearest_answer());
}

TEST_CASE("an idle connection that is lost stays down until it is needed") {
    setting here;
    CHECK(here.ask().has_value());
    here.server->drop_lines();
    here.world.run(here.pass(10min));
    CHECK(here.server->connections() == 1);
    CHECK(here.ask().has_value());
    CHECK(here.server->connections() == 2);
}

TEST_CASE("a packet that does not verify ends the line, and a server that sends only such ends the request") {
    setting here([](const test::seen_request&) {
        test::scripted_answer how = test::reply(nearest_answer());
        how.break_key = true;
        return how;
    });
    const outcome<bytes> answer = here.ask();
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().code == errc::bad_message_key);
    CHECK(here.server->connections() >= 3);
    CHECK(here.server->connections() <= net::reconnect_policy::setbacks_after);
}

TEST_CASE("transport error 1.6: -404 to every packet, which nobody signs, costs no permanent key") {
    setting here;
    here.server->refuse_all(-404);
    for (int round = 0; round < 20; ++round) {
        const outcome<bytes> answer = here.ask();
        REQUIRE_FALSE(answer.has_value());
        CHECK(answer.error().code == errc::transport_error);
        CHECK(answer.error().rpc_code == -404);
        here.world.run(here.pass(1h));
    }
    CHECK(here.drops == 0);
    CHECK(here.slot->key() == here.key);
}

TEST_CASE("transport error 1.6: after -404 a permanent key carries nothing before the server has proved it") {
    setting here;
    here.server->refuse_all(-404);
    const auto one = here.ask_in_background();
    CHECK(here.slot->doubted());
    // This one cannot: it makes no keys.
    here.server->refuse_all(0);
    here.world.run(here.pass(1min));
    REQUIRE(one->answer.has_value());
    CHECK_FALSE(one->answer->has_value());
    CHECK(here.server->count(nearest_id) == 0);
    here.slot->accepted();
    CHECK(here.ask().value() == nearest_answer());
}

TEST_CASE("a line whose key was given up carries nothing more, and what is asked meanwhile is not lost") {
    setting here;
    CHECK(here.ask().has_value());
    here.make_key(6);
    CHECK(here.ask(false).value() == nearest_answer());
    CHECK(here.server->connections() == 2);
    CHECK(here.server->sessions().size() == 2);
}

TEST_CASE("errors 6: AUTH_KEY_DUPLICATED costs the key that was used, and no later one") {
    setting here([](const test::seen_request& what) {
        if (what.connection > 2) return test::reply(nearest_answer());
        test::scripted_answer how = test::reply_error(406, "AUTH_KEY_DUPLICATED");
        how.after = what.connection == 1 ? 1s : 3s;
        return how;
    });
    here.slot->on_drop = [&](bool) {
        ++here.drops;
        here.make_key(6);
    };
    const auto first = here.ask_in_background();
    const auto late = here.ask_in_background(here.another_line());
    here.world.run(here.pass(2s));
    REQUIRE(first->answer.has_value());
    CHECK(first->answer->error().is("AUTH_KEY_DUPLICATED"));
    CHECK(here.ask(false).value() == nearest_answer());
    here.world.run(here.pass(2s));
    REQUIRE(late->answer.has_value());
    CHECK(late->answer->error().is("AUTH_KEY_DUPLICATED"));
    CHECK(here.drops == 1);
    CHECK(here.slot->key()->id() == test::key_of_test(6)->id());
}

TEST_CASE("transport error 1.6: -444 is told to who knows the addresses") {
    setting here;
    here.server->refuse_all(-444);
    const auto one = here.ask_in_background();
    CHECK(here.wrong_dcs == 1);
    here.server->refuse_all(0);
    here.world.run(here.pass(10s));
    REQUIRE(one->answer.has_value());
    CHECK(one->answer->has_value());
    CHECK(here.wrong_dcs == 1);
}

TEST_CASE("transport error 1.6: a key that still verifies survives -404") {
    setting here([](const test::seen_request&) {
        test::scripted_answer how;
        how.refuse = -404;
        return how;
    });
    const outcome<bytes> answer = here.ask();
    REQUIRE_FALSE(answer.has_value());
    CHECK(answer.error().rpc_code == -404);
    CHECK(here.slot->key());
}

TEST_CASE("transport error 1.6: -429 leaves the data centre alone for seconds") {
    setting here;
    here.server->refuse_all(-429);
    const auto one = here.ask_in_background();
    here.world.run(here.pass(3s));
    CHECK(here.server->connections() == 1);
    here.server->refuse_all(0);
    here.world.run(here.pass(3s));
    REQUIRE(one->answer.has_value());
    CHECK(one->answer->value() == nearest_answer());
    CHECK(here.server->connections() == 2);
}

TEST_CASE("transport error 1.6: -429 on a line that has worked brings the same pause") {
    int asked = 0;
    setting here([&](const test::seen_request&) {
        test::scripted_answer how = test::reply(nearest_answer());
        if (++asked == 2) how.refuse = -429;
        return how;
    });
    CHECK(here.ask().has_value());
    const time_point began = here.world.time().now();
    CHECK(here.ask().value() == nearest_answer());
    CHECK(here.world.time().now() - began >= net::reconnect_policy::flood_pause);
    CHECK(here.server->connections() == 2);
}

TEST_CASE("transport error 1.6: -429 hands back what others can carry, and the pause holds for what comes") {
    setting here;
    here.line = here.another_line([](net::connection_options& how) { how.fail_on_429 = true; });
    here.server->refuse_all(-429);
    const auto first = here.ask_in_background();
    here.world.run(here.pass(100ms));
    REQUIRE(first->answer.has_value());
    CHECK(first->answer->error().rpc_code == -429);
    here.server->refuse_all(0);
    const auto second = here.ask_in_background();
    here.world.run(here.pass(net::reconnect_policy::flood_pause - 200ms));
    CHECK_FALSE(second->answer.has_value());
    CHECK(here.server->connections() == 1);
    here.world.run(here.pass(2s));
    REQUIRE(second->answer.has_value());
    CHECK(second->answer->value() == nearest_answer());
}

TEST_CASE("a cancelled request is dropped on the wire (protocol 5.8)") {
    setting here([](const test::seen_request&) { return test::scripted_answer{}; });
    const auto one = here.ask_in_background();
    here.world.run(here.pass(1s));
    REQUIRE(here.server->seen().size() == 1);
    one->stop.emit(asio::cancellation_type::terminal);
    here.world.run(here.pass(1s));
    CHECK(here.server->dropped() == std::set<std::int64_t>{here.server->seen()[0].msg_id});
    CHECK(here.line->under_way() == 0);
    REQUIRE(one->answer.has_value());
    CHECK(one->answer->error().code == errc::cancelled);
}

TEST_CASE("closing fails what is under way, and all that comes later") {
    setting here([](const test::seen_request&) { return test::scripted_answer{}; });
    const auto one = here.ask_in_background();
    here.line->close();
    here.world.settle();
    REQUIRE(one->answer.has_value());
    CHECK(one->answer->error().code == errc::connection_closed);
    CHECK(here.ask().error().code == errc::connection_closed);
}

namespace {

std::optional<failure> checked(setting& here) {
    std::optional<failure> met;
    here.world.run(
        [](std::shared_ptr<connection> which, std::optional<failure>& into) -> io::awaitable<void> {
            const outcome<void> alive = co_await connection::check(which);
            if (!alive) into = alive.error();
        }(here.line, met));
    return met;
}

}  // namespace

TEST_CASE("a connection that somebody doubts: one that is alive says so, on the line that it has") {
    setting here;
    CHECK(here.ask().has_value());
    CHECK_FALSE(checked(here));
    CHECK(here.server->connections() == 1);
}

TEST_CASE("a connection that somebody doubts: one that is down connects, though nothing waits for it") {
    setting here;
    CHECK(here.ask().has_value());
    here.server->drop_lines();
    here.world.run(here.pass(1s));
    CHECK_FALSE(checked(here));
    CHECK(here.server->connections() == 2);
}

TEST_CASE("a connection that somebody doubts: where nobody listens any more the check fails") {
    setting here;
    CHECK(here.ask().has_value());
    here.server->stop();
    here.server->drop_lines();
    here.world.run(here.pass(1s));
    const std::optional<failure> met = checked(here);
    REQUIRE(met);
    CHECK(met->code == errc::connection_failed);
    here.line->close();
    CHECK(checked(here)->code == errc::connection_closed);
}

TEST_CASE("the round trip is measured") {
    setting here([](const test::seen_request&) {
        test::scripted_answer how = test::reply(nearest_answer());
        how.after = 80ms;
        return how;
    });
    CHECK(here.line->min_rtt() == 0s);
    CHECK(here.ask().has_value());
    CHECK(here.ask().has_value());
    CHECK(here.line->min_rtt() == 80ms);
}

TEST_CASE("a connection and its requests may be left behind in any state") {
    std::shared_ptr<background> one;
    {
        setting here([](const test::seen_request&) { return test::scripted_answer{}; });
        one = here.ask_in_background();
        here.lines.clear();
        here.line.reset();
    }
    CHECK_FALSE(one->answer.has_value());
}
