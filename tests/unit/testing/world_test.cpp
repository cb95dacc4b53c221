// What an embedder's test can do with public headers alone.
#include <mtproto/testing.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;
namespace asio = boost::asio;

namespace {

constexpr std::int64_t film_size = 3'000'001;

local_dc_options with_film() {
    local_dc_options made;
    made.generated_files.push_back({"film.mkv", film_size, 7});
    made.rtt = 20ms;
    return made;
}

asio::awaitable<std::int64_t> fetch_film(client& tg, std::string token = "1:any") {
    co_await tg.connect();
    if (!co_await tg.authorized()) co_await tg.login_bot(std::move(token));
    byte_stream film = tg.open(co_await tg.resolve("https://t.me/demo/2"));
    std::int64_t count = 0;
    while (const std::optional<chunk> part = co_await film.next())
        count += static_cast<std::int64_t>(part->data.size());
    co_return count;
}

struct fetched {
    std::int64_t bytes = 0;
    std::string refusal;  ///< of a server
    bool done = false;
};

asio::awaitable<void> fetch_into(client& tg, std::string token, fetched& into) {
    try {
        into.bytes = co_await fetch_film(tg, std::move(token));
    } catch (const error& why) {
        into.refusal = why.info().rpc_type;
    }
    into.done = true;
}

/// How long a download takes that meets with `scenario`.
duration time_of(const std::string& scenario, std::uint64_t seed = 1) {
    testing::world world(seed);
    local_dc_options options = with_film();
    options.scenario = scenario;
    local_dc cluster = world.cluster(std::move(options));
    client tg = world.client(cluster);
    const time_point began = world.now();
    CHECK(world.run(fetch_film(tg)) == film_size);
    return world.now() - began;
}

}  // namespace

TEST_CASE("testing world: a download takes the cluster's time, the same each time, and hardly any of ours") {
    const auto began = std::chrono::steady_clock::now();
    const duration usual = time_of("");
    CHECK(usual > 100ms);
    CHECK(usual < 10s);
    CHECK(time_of("") == usual);
    CHECK(time_of("on getFile 2: flood-wait 3600") >= usual + 3600s);
    CHECK(std::chrono::steady_clock::now() - began < 60s);
}

TEST_CASE("testing world: a scenario may begin later, and what was served is counted") {
    testing::world world;
    local_dc cluster = world.cluster(with_film());
    client tg = world.client(cluster);
    world.run(fetch_film(tg));
    const auto parts = testing::world::counts(cluster).parts;
    CHECK(parts >= film_size / (512 * 1024));
    CHECK(testing::world::counts(cluster).connections >= 1);
    CHECK(testing::world::open_connections(cluster) >= 1);
    testing::world::set_scenario(cluster, "on getFile 1: flood-wait 30", 0);
    client another = world.client(cluster);  // the first one has the film's end in its memory
    const time_point began = world.now();
    world.run(fetch_film(another));
    CHECK(world.now() - began >= 30s);
    CHECK_THROWS_AS(testing::world::set_scenario(cluster, "on getFile 1: flood-wait 30", 0), error);
}

TEST_CASE("testing world: a CDN, two clusters and two clients") {
    testing::world world;
    local_dc_options options = with_film();
    options.cdn = true;
    local_dc first = world.cluster(std::move(options));
    local_dc second = world.cluster(with_film());
    client one = world.client(first);
    client other = world.client(second);
    CHECK(world.run(fetch_film(one)) == film_size);
    CHECK(world.run(fetch_film(other)) == film_size);
}

TEST_CASE("testing world: time moves by advance() and sleep(), and what runs beside goes on meanwhile") {
    testing::world world;
    const unix_time began = world.unix_now();
    std::vector<int> order;
    const auto later = [](testing::world& in, duration time, std::vector<int>& into,
                          int mark) -> asio::awaitable<void> {
        co_await in.sleep(time);
        into.push_back(mark);
    };
    asio::co_spawn(world.executor(), later(world, 20s, order, 2), asio::detached);
    asio::co_spawn(world.executor(), later(world, 10s, order, 1), asio::detached);
    asio::co_spawn(world.executor(), later(world, 30s, order, 3), asio::detached);
    world.settle();
    CHECK(order.empty());
    world.advance(25s);
    CHECK(order == std::vector<int>{1, 2});
    CHECK(world.unix_now() - began == 25s);
    world.run(world.sleep(5s));
    CHECK(order == std::vector<int>{1, 2, 3});
}

TEST_CASE("testing world: a task's exception comes out, and one that never ends is told") {
    testing::world world;
    const auto throwing = []() -> asio::awaitable<void> {
        throw std::logic_error("of the test");
        co_return;
    };
    CHECK_THROWS_WITH_AS(world.run(throwing()), "of the test", std::logic_error);
    const auto long_task = [](testing::world& in) -> asio::awaitable<int> {
        co_await in.sleep(30min);
        co_await in.sleep(30min);
        co_return 5;
    };
    CHECK_THROWS_AS(world.run(long_task(world), 10min), std::runtime_error);
    CHECK(world.run(long_task(world)) == 5);
    client nowhere = world.client(config{});
    CHECK_THROWS_AS(world.run(nowhere.connect()), error);
}

TEST_CASE("testing world: three accounts on one cluster, one of which is revoked in the middle of its film") {
    testing::world world;
    local_dc_options options = with_film();
    options.limits.account_rate = 1'000'000;
    for (const char* token : {"5001:a", "5002:b", "5003:c"})
        options.accounts.emplace_back().bot_token = token;
    local_dc cluster = world.cluster(std::move(options));
    std::vector<client> clients;
    std::vector<fetched> got(3);
    for (int i = 0; i < 3; ++i)
        clients.push_back(world.client(cluster));
    const time_point began = world.now();
    for (std::size_t i = 0; i < 3; ++i)
        asio::co_spawn(world.executor(), fetch_into(clients[i], std::to_string(5001 + i) + ":any", got[i]),
                       asio::detached);
    world.advance(2s);
    CHECK(cluster.counts(5002).parts > 0);
    cluster.set_state(5002, local_account_state::revoked);
    while (!got[0].done || !got[1].done || !got[2].done)
        world.advance(100ms);
    CHECK(world.now() - began < 6s);  // each has a rate of its own
    CHECK(got[1].refusal == "SESSION_REVOKED");
    for (const std::size_t i : {0, 2}) {
        CHECK(got[i].bytes == film_size);
        CHECK(cluster.counts(static_cast<std::int64_t>(5001 + i)).part_bytes >= film_size);
    }
    CHECK(cluster.counts().early_requests == 0);
    CHECK(cluster.counts().duplicated_keys == 0);
}

TEST_CASE("testing world: a login that two processes use one after the other goes on, at a time it is dead") {
    testing::world world;
    local_dc_options options = with_film();
    options.key_rule = local_key_rule::one_device;
    local_dc cluster = world.cluster(std::move(options));
    config settings;
    settings.session = memory_session();
    settings.device_model = "one";
    client first = world.client(cluster, settings);
    CHECK(world.run(fetch_film(first)) == film_size);
    world.run(first.close());
    settings.device_model = "another";
    client second = world.client(cluster, settings);
    CHECK(world.run(fetch_film(second)) == film_size);
    CHECK(cluster.counts().duplicated_keys == 0);
    settings.device_model = "a third";
    client third = world.client(cluster, settings);
    fetched got;
    world.run(fetch_into(third, "1:any", got));
    CHECK(got.refusal == "AUTH_KEY_DUPLICATED");
    CHECK(cluster.counts().duplicated_keys >= 1);
}
