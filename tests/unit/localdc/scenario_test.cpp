// What scenarios do to a client of the local data centre, seen on bare packets in virtual time.
#include "film.hpp"

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mtproto;
using namespace mtproto::localdc::testing;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace wire = mtproto::wire;

namespace {

// A client with a key on DC 1 of a cluster with this scenario.
struct keyed {
    explicit keyed(const std::string& scenario) : here(options_with(scenario)), client(here, 1) {}

    static local_dc_options options_with(const std::string& scenario) {
        local_dc_options made;
        made.scenario = scenario;
        return made;
    }
    template <class Task>
    void run(Task task) {
        here.run([](raw_client& c, world& in, Task todo) -> io::awaitable<void> {
            co_await c.make_key();
            co_await todo(c, in);
        }(client, here, task));
    }

    world here;
    raw_client client;
};

const bytes& knock() {
    static const bytes made = tl::encode(tl::ping{});
    return made;
}

bytes ask() {
    return with_layer(tl::encode(tl::help::getConfig{}));
}

duration time_in(const world& in) {
    return const_cast<world&>(in).simulation.time().now().time_since_epoch();
}

io::awaitable<void> pause(world& in, duration time) {
    const auto slept = co_await in.simulation.time().sleep_for(time);
    REQUIRE(slept.has_value());
}

}  // namespace

TEST_CASE("a frozen connection answers when it thaws, and not before") {
    keyed("at 2s on connection 1: freeze for 10s").run([](raw_client& c, world& in) -> io::awaitable<void> {
        co_await pause(in, 3s);
        co_await c.send(knock());
        co_await c.next_of(tl::pong::tl_id);
        CHECK(time_in(in) == 12s);
    });
}

TEST_CASE("a half-closed connection says so at once, and reads on until its client goes") {
    keyed("at 1s: half-close").run([](raw_client& c, world& in) -> io::awaitable<void> {
        const auto end = co_await c.next_packet();
        CHECK_FALSE(end.has_value());
        CHECK(time_in(in) == 1s);
        for (int i = 0; i < 3; ++i)
            co_await c.send(knock());
        co_await pause(in, 1s);
    });
}

TEST_CASE(
    "a dropped packet never comes; a query's answer that was dropped comes again when it is asked for") {
    keyed("on getConfig: drop").run([](raw_client& c, world& in) -> io::awaitable<void> {
        const std::int64_t lost = co_await c.send(ask());
        co_await pause(in, 1s);
        co_await c.send(knock());
        co_await c.next_of(tl::pong::tl_id);
        c.stream->close();
        co_await c.connect();
        co_await c.send(knock());
        const bytes body = co_await c.answer_to(lost);
        CHECK(tl::decode<tl::config>(body).has_value());
    });
}

TEST_CASE("a delayed packet is overtaken, and comes when its time is over") {
    keyed("on getConfig: delay by 5s").run([](raw_client& c, world& in) -> io::awaitable<void> {
        const std::int64_t late = co_await c.send(ask());
        co_await pause(in, 1s);
        co_await c.send(knock());
        co_await c.next_of(tl::pong::tl_id);
        CHECK(time_in(in) == 1s);
        co_await c.answer_to(late);
        CHECK(time_in(in) == 5s);
    });
}

TEST_CASE("a packet is overtaken by the next one, and by none if none comes within a second") {
    keyed("on getConfig: reorder").run([](raw_client& c, world& in) -> io::awaitable<void> {
        const std::int64_t first = co_await c.send(ask());
        co_await pause(in, 10ms);
        const std::int64_t second = co_await c.send(ask());
        co_await c.answer_to(second);
        co_await c.answer_to(first);
        CHECK(time_in(in) == 10ms);
    });
    keyed("on getConfig: reorder").run([](raw_client& c, world& in) -> io::awaitable<void> {
        const std::int64_t alone = co_await c.send(ask());
        co_await c.answer_to(alone);
        CHECK(time_in(in) == 1s);
    });
}

TEST_CASE("a packet that comes twice, to the client or to the server") {
    keyed("on getConfig: duplicate").run([](raw_client& c, world&) -> io::awaitable<void> {
        const std::int64_t id = co_await c.send(ask());
        co_await c.answer_to(id);
        co_await c.answer_to(id);
    });
    // The server does nothing again, and says that it has the message.
    keyed("after 4 packets received: duplicate incoming")
        .run([](raw_client& c, world&) -> io::awaitable<void> {
            co_await c.send(knock());
            co_await c.next_of(tl::pong::tl_id);
            const std::int64_t id = co_await c.send(ask());
            co_await c.answer_to(id);
            const bytes body = co_await c.next_of(tl::msgs_ack::tl_id);
            CHECK(tl::decode<tl::msgs_ack>(body).value().msg_ids == std::vector{id});
        });
}

TEST_CASE("a byte that is corrupt does not verify, here or there") {
    for (const std::string what : {"corrupt a byte", "truncate", "wrong-msg-key"}) {
        CAPTURE(what);
        keyed("on getConfig: " + what).run([](raw_client& c, world&) -> io::awaitable<void> {
            co_await c.send(knock());
            co_await c.next_of(tl::pong::tl_id);
            co_await c.send(ask());
            auto sealed = co_await c.next_packet();
            REQUIRE(sealed.has_value());
            CHECK_FALSE(wire::open(std::move(*sealed), c.key, wire::role::client).has_value());
        });
    }
    for (const std::string what : {"corrupt incoming", "truncate incoming"}) {
        CAPTURE(what);
        keyed("after 3 packets received: " + what).run([](raw_client& c, world&) -> io::awaitable<void> {
            co_await c.send(ask());
            const auto closed = co_await c.next_packet();
            CHECK_FALSE(closed.has_value());
        });
    }
}

TEST_CASE("a packet that breaks off is half a one, and the end") {
    keyed("on getConfig: break-off").run([](raw_client& c, world&) -> io::awaitable<void> {
        co_await c.send(knock());
        co_await c.next_of(tl::pong::tl_id);
        co_await c.send(ask());
        const auto end = co_await c.next_packet();
        CHECK_FALSE(end.has_value());
    });
}

TEST_CASE("transport errors come when the scenario says so, asked for or not") {
    keyed("at 1s: transport-error 429").run([](raw_client& c, world& in) -> io::awaitable<void> {
        const auto told = co_await c.next_packet();
        REQUIRE(told.has_value());
        CHECK(wire::classify(*told).code == -429);
        CHECK(time_in(in) == 1s);
    });
}

TEST_CASE("every code of a refusal, for the message that it means, which is then taken anew") {
    for (const int code : {16, 17, 18, 19, 20, 32, 33, 34, 35, 64}) {
        CAPTURE(code);
        keyed("on getConfig 2: bad-msg " + std::to_string(code))
            .run([code](raw_client& c, world&) -> io::awaitable<void> {
                const std::int64_t before = co_await c.send(ask());
                co_await c.answer_to(before);
                const std::int64_t refused = co_await c.send(ask());
                const bytes body = co_await c.next_of(tl::bad_msg_notification::tl_id);
                const auto told = tl::decode<tl::bad_msg_notification>(body).value();
                CHECK(told.bad_msg_id == refused);
                CHECK(told.error_code == code);
                const std::int64_t again = co_await c.send(ask());
                co_await c.answer_to(again);
            });
    }
    keyed("on getConfig: wrong-salt").run([](raw_client& c, world&) -> io::awaitable<void> {
        const std::int64_t refused = co_await c.send(ask());
        const bytes body = co_await c.next_of(tl::bad_server_salt::tl_id);
        const auto told = tl::decode<tl::bad_server_salt>(body).value();
        CHECK(told.bad_msg_id == refused);
        CHECK(told.new_server_salt == c.salt);
    });
}

TEST_CASE("a lost session begins anew at the message that meets with the loss") {
    keyed("on getConfig 2: lost-session").run([](raw_client& c, world&) -> io::awaitable<void> {
        const std::int64_t before = co_await c.send(ask());
        co_await c.next_of(tl::new_session_created::tl_id);
        co_await c.answer_to(before);
        const std::int64_t first = co_await c.send(ask());
        const bytes body = co_await c.next_of(tl::new_session_created::tl_id);
        CHECK(tl::decode<tl::new_session_created>(body).value().first_msg_id == first);
        co_await c.answer_to(first);
    });
}

TEST_CASE("a lost key is refused from then on, on new connections too") {
    keyed("on getConfig: lost-key").run([](raw_client& c, world&) -> io::awaitable<void> {
        for (int i = 0; i < 2; ++i) {
            co_await c.send(ask());
            const auto told = co_await c.next_packet();
            REQUIRE(told.has_value());
            CHECK(wire::classify(*told).code == -404);
            c.stream->close();
            co_await c.connect();
        }
    });
}

TEST_CASE("answers by scenario: floods for some, errors by chance, for all methods when none is named") {
    keyed("on getConfig 2..3: premium-wait 4\nat 1s: timed-out")
        .run([](raw_client& c, world& in) -> io::awaitable<void> {
            const bytes query = ask();
            std::string told = co_await c.error_of(query);
            CHECK(told.empty());
            for (int i = 0; i < 2; ++i) {
                told = co_await c.error_of(query);
                CHECK(told == "420 FLOOD_PREMIUM_WAIT_4");
            }
            co_await pause(in, 1s);
            told = co_await c.error_of(query);
            CHECK(told == "-503 Timedout");
            told = co_await c.error_of(query);
            CHECK(told.empty());
        });
}

TEST_CASE("a scenario that is none, or never strikes, is refused with its line") {
    const auto refused = [](const std::string& scenario) {
        try {
            world here(keyed::options_with(scenario));
        } catch (const error& thrown) {
            return thrown.info().detail;
        }
        return std::string();
    };
    CHECK(refused("\non getConfig: explode") ==
          "the scenario, line 2, column 15: 'explode' is nothing that can go wrong");
    for (const std::string line :
         {"on getNothing: close", "on getConfig: short-part", "on connect: drop", "at 1s: short-part",
          "on getConfig: drop incoming", "on req_DH_params: bad-msg 16"}) {
        CAPTURE(line);
        CHECK(refused(line) == "the scenario, line 1: this fault can never strike");
    }
    CHECK(refused("at 1s: lost-session").empty());
}
