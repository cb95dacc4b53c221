// What the server allows an account, over pipes and virtual time: rates, floods, connections, slow parts.
#include "film.hpp"
#include "wire/container.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string>
#include <vector>

using namespace mtproto;
using namespace mtproto::localdc::testing;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace wire = mtproto::wire;

namespace {

constexpr std::int32_t half = 512 * 1024;

/// A client that is at home and where the film is, and one more connection of it there.
struct limited {
    explicit limited(const local_dc_limits& limits, log_sink log = {}, duration rtt = 0ms) {
        local_dc_options options = files.options();
        options.limits = limits;
        options.log = std::move(log);
        options.rtt = rtt;
        here.emplace(std::move(options));
        home.emplace(*here, 2);
        there.emplace(*here, 1);
        again.emplace(*here, 1);
    }

    template <class Do>
    void run(Do does) {
        here->run([](limited& all, Do run_it) -> io::awaitable<void> {
            all.film = co_await arrive(*all.home, *all.there);
            all.again->key = all.there->key;
            all.again->salt = all.there->salt;
            all.again->session_id = 0x55;
            co_await all.again->connect();
            co_await run_it(all);
        }(*this, std::move(does)));
    }

    bytes part(std::int64_t offset, std::int32_t limit) const {
        return tl::encode(part_of(film, offset, limit));
    }
    time_point now() { return here->simulation.time().now(); }

    const served files;
    std::optional<world> here;
    std::optional<raw_client> home;
    std::optional<raw_client> there;
    std::optional<raw_client> again;
    tl::document film;
};

/// X of "420 FLOOD_PREMIUM_WAIT_X"; 0 for anything else.
int wait_in(const std::string& told) {
    const std::string name = "420 FLOOD_PREMIUM_WAIT_";
    int seconds = 0;
    if (told.starts_with(name))
        std::from_chars(told.data() + name.size(), told.data() + told.size(), seconds);
    return seconds;
}

}  // namespace

TEST_CASE("limits: an account's rate holds for its connections together, over any way") {
    local_dc_limits limits;
    limits.account_rate = 1'000'000;
    duration way = 0ms;
    SUBCASE("short") {}
    SUBCASE("long") {
        way = 300ms;
    }
    limited one(limits, {}, way);
    one.run([way](limited& all) -> io::awaitable<void> {
        const bytes first = all.part(0, half);
        const bytes second = all.part(half, half);
        const time_point before = all.now();
        const std::int64_t here = co_await all.there->send(first);
        const std::int64_t there = co_await all.again->send(second);
        co_await all.there->answer_to(here);
        co_await all.again->answer_to(there);
        const duration took = all.now() - before;
        CHECK(took > way + 1040ms);
        CHECK(took < way + 1070ms);
    });
}

TEST_CASE("limits: an account's rate leaves what is no file alone") {
    local_dc_limits limits;
    limits.account_rate = 1000;
    limited one(limits);
    one.run([](limited& all) -> io::awaitable<void> {
        const time_point before = all.now();
        const bytes query = tl::encode(tl::help::getConfig{});
        const std::string told = co_await all.there->error_of(query);
        CHECK(told.empty());
        CHECK(all.now() - before < 10ms);
    });
}

TEST_CASE("limits: who asks for more than the bucket holds is told to wait, and served when that is over") {
    local_dc_limits limits;
    limits.flood_rate = 500'000;
    limits.flood_burst = 3 * half;
    std::vector<std::string> log;
    const auto note = [&](log_level, std::string_view line) { log.emplace_back(line); };
    limited one(limits, note);
    one.run([](limited& all) -> io::awaitable<void> {
        const bytes query = all.part(0, half);
        std::string told;
        for (int i = 0; i < 3; ++i) {
            told = co_await all.there->error_of(query);
            CHECK(told.empty());
        }
        told = co_await all.there->error_of(query);
        const int wait = wait_in(told);
        CHECK(wait >= 3);
        CHECK(wait <= 15);
        // The account waits, whatever its connection; with what is left, although the bucket has enough
        // again.
        co_await all.here->simulation.time().sleep_for(2s);
        told = co_await all.again->error_of(query);
        CHECK(wait_in(told) == wait - 2);
        co_await all.here->simulation.time().sleep_for(std::chrono::seconds(wait - 2));
        told = co_await all.again->error_of(query);
        CHECK(told.empty());
    });
}

TEST_CASE("limits: a bucket of requests counts parts, and a window is waited for to its end") {
    local_dc_limits limits;
    SUBCASE("requests") {
        limits.flood_requests = 1;  // two at once
        limits.flood_shortest = limits.flood_longest = 7s;
    }
    SUBCASE("window") {
        limits.flood_window_bytes = 2 * half;
        limits.flood_window = 7s;
    }
    limited one(limits);
    one.run([](limited& all) -> io::awaitable<void> {
        std::string told = co_await all.there->error_of(all.part(0, half));
        CHECK(told.empty());
        told = co_await all.again->error_of(all.part(0, half));
        CHECK(told.empty());
        const bytes query = all.part(half, 4096);
        told = co_await all.there->error_of(query);
        CHECK(wait_in(told) == 7);
        co_await all.here->simulation.time().sleep_for(3s);
        told = co_await all.again->error_of(query);
        CHECK(wait_in(told) == 4);
        co_await all.here->simulation.time().sleep_for(4s);
        told = co_await all.there->error_of(query);
        CHECK(told.empty());
    });
}

TEST_CASE("limits: whether waits that the bucket brings are kept is watched like those of faults") {
    local_dc_limits limits;
    limits.flood_rate = 1000;
    limits.flood_burst = half;
    limits.flood_shortest = limits.flood_longest = 10s;
    std::vector<std::string> log;
    const auto note = [&](log_level, std::string_view line) { log.emplace_back(line); };
    limited one(limits, note);
    one.run([](limited& all) -> io::awaitable<void> {
        const bytes first = all.part(0, half);
        const bytes second = all.part(half, half);
        std::string told = co_await all.there->error_of(first);
        CHECK(told.empty());
        const std::int64_t asked = co_await all.there->send(second);
        received answer;
        while (wire::constructor_of(answer.body) != wire::rpc_result_id)
            answer = co_await all.there->next();
        CHECK(wire::read_rpc_result(answer.body).value().req_msg_id == asked);
        tl::msgs_ack known;
        known.msg_ids.push_back(answer.msg_id);
        bytes acknowledgement = tl::encode(known);
        co_await all.there->send(std::move(acknowledgement), false);
        co_await all.here->simulation.time().sleep_for(4s);
        // The flood's own query, too early.
        told = co_await all.there->error_of(second);
        CHECK(wait_in(told) == 6);
    });
    const auto early = [&](const std::string& line) { return line.find("came 6000 ms") != line.npos; };
    CHECK(std::count_if(log.begin(), log.end(), early) == 1);
}

TEST_CASE("limits: one connection too many is told -429 when it asks for a file, and not before") {
    local_dc_limits limits;
    limits.most_connections = 1;
    limited one(limits);
    one.run([](limited& all) -> io::awaitable<void> {
        const bytes query = all.part(0, half);
        std::string told = co_await all.there->error_of(query);
        CHECK(told.empty());
        const bytes harmless = tl::encode(tl::help::getConfig{});
        told = co_await all.again->error_of(harmless);
        CHECK(told.empty());
        co_await all.again->send(query);
        std::optional<wire::packet> answer = co_await all.again->next_packet();
        REQUIRE(answer);
        const wire::packet_class kind = wire::classify(*answer);
        CHECK(kind.kind == wire::packet_kind::transport_error);
        CHECK(kind.code == -429);
        // The one that was first goes on, and when it ends there is room for another.
        told = co_await all.there->error_of(query);
        CHECK(told.empty());
        all.there->stream->close();
        co_await all.here->simulation.time().sleep_for(1s);
        told = co_await all.again->error_of(query);
        CHECK(told.empty());
    });
}

TEST_CASE("limits: a slow part holds up no other answer, and can be dropped") {
    local_dc_limits limits;
    limits.slow_parts = 1;
    limited one(limits);
    one.run([](limited& all) -> io::awaitable<void> {
        const time_point before = all.now();
        const bytes query = all.part(0, half);
        const bytes harmless = tl::encode(tl::help::getConfig{});
        const std::int64_t part = co_await all.there->send(query);
        const std::string told = co_await all.there->error_of(harmless);
        CHECK(told.empty());
        CHECK(all.now() - before < 1s);
        co_await all.there->answer_to(part);
        CHECK(all.now() - before >= 2s);
        CHECK(all.now() - before <= 31s);

        tl::rpc_drop_answer drop;
        drop.req_msg_id = co_await all.there->send(query);
        const bytes dropping = tl::encode(drop);
        const bytes dropped = co_await all.there->call(dropping);
        CHECK(wire::constructor_of(dropped) == tl::rpc_answer_dropped_running::tl_id);
    });
}

TEST_CASE("limits: jitter makes answers later, by no more than it says") {
    local_dc_limits limits;
    limits.jitter = 40ms;
    limited one(limits, {}, 20ms);
    one.run([](limited& all) -> io::awaitable<void> {
        const bytes query = tl::encode(tl::help::getConfig{});
        duration longest{0};
        for (int i = 0; i < 20; ++i) {
            const time_point before = all.now();
            co_await all.there->call(query);
            const duration took = all.now() - before;
            CHECK(took >= 20ms);
            CHECK(took <= 61ms);
            longest = std::max(longest, took);
            co_await all.here->simulation.time().sleep_for(100ms);
        }
        CHECK(longest > 30ms);
    });
}

TEST_CASE("limits that make no sense are refused") {
    const served files;
    const auto refused = [&](const auto& change) {
        local_dc_options options = files.options();
        change(options.limits);
        try {
            world here(options);
        } catch (const error& thrown) {
            return thrown.code() == make_error_code(errc::bad_argument);
        }
        return false;
    };
    CHECK(refused([](local_dc_limits& of) { of.jitter = -1ms; }));
    CHECK(refused([](local_dc_limits& of) { of.loss = 0.5; }));
    CHECK(refused([](local_dc_limits& of) { of.slow_parts = 1.5; }));
    CHECK(refused([](local_dc_limits& of) { of.account_rate = -1; }));
    CHECK(refused([](local_dc_limits& of) { of.most_connections = -1; }));
    CHECK(refused([](local_dc_limits& of) { of.flood_rate = 10'000'000'000; }));
    CHECK(refused([](local_dc_limits& of) { of.flood_burst = 1; }) == false);
    CHECK(refused([](local_dc_limits& of) { of.flood_burst = 1'000'000'000; }));
    CHECK(refused([](local_dc_limits& of) { of.flood_shortest = 0s; }));
    CHECK(refused([](local_dc_limits& of) { of.flood_longest = 1s; }));
    CHECK(refused([](local_dc_limits& of) { of.flood_requests = -1; }));
    CHECK(refused([](local_dc_limits& of) { of.flood_window_bytes = -1; }));
    CHECK(refused([](local_dc_limits& of) { of.flood_window = 0s; }));
    CHECK_FALSE(refused([](local_dc_limits&) {}));
}
