// Films over several accounts of the local data centre, in virtual time: striped, and side by side.
//   bench_pool [--accounts 3] [--films 1] [--mib 1024] [--rate 10] [--rtt 80] [--flood-rate 0] [--at-once 3]
// Rates of each account in MB/s, the round-trip time in ms. A flood rate is a token bucket of two seconds,
// beyond which the account is told to wait. Ends with 1 when a byte is wrong.
#include "localdc/generated.hpp"

#include <mtproto/local_dc.hpp>
#include <mtproto/pool.hpp>
#include <mtproto/testing.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace mtproto;
namespace asio = boost::asio;

constexpr std::uint64_t seed = 7;

struct wishes {
    int accounts = 3;
    int films = 1;
    double mib = 1024;
    double rate = 10;
    double rtt_ms = 80;
    double flood_rate = 0;
    int at_once = 3;
};

wishes read_arguments(int argc, char** argv) {
    wishes made;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i];
        const double value = std::atof(argv[i + 1]);
        if (name == "--accounts") made.accounts = static_cast<int>(value);
        if (name == "--films") made.films = static_cast<int>(value);
        if (name == "--mib") made.mib = value;
        if (name == "--rate") made.rate = value;
        if (name == "--rtt") made.rtt_ms = value;
        if (name == "--flood-rate") made.flood_rate = value;
        if (name == "--at-once") made.at_once = static_cast<int>(value);
    }
    return made;
}

struct film {
    std::int64_t bytes = 0;
    bool right = true;
    double seconds = 0;
    bool over = false;
};

asio::awaitable<void> sign_in(client& tg, std::string token) {
    co_await tg.connect();
    co_await tg.login_bot(std::move(token));
}

/// From the link to the last byte.
asio::awaitable<void> fetch(testing::world& world, pool& tg, int number, int at_once, film& made) {
    const time_point began = world.now();
    stream_options striped;
    striped.accounts = at_once;
    const media found = co_await tg.resolve("https://t.me/demo/" + std::to_string(2 + number));
    byte_stream from = tg.open(found, {}, std::move(striped));
    std::vector<std::byte> expected;
    while (const std::optional<chunk> part = co_await from.next()) {
        expected.resize(part->data.size());
        localdc::generate_bytes(seed, part->offset, expected);
        made.right = made.right && part->offset == made.bytes &&
                     std::equal(expected.begin(), expected.end(), part->data.view().begin());
        made.bytes += static_cast<std::int64_t>(part->data.size());
    }
    made.seconds = std::chrono::duration<double>(world.now() - began).count();
    made.over = true;
}

asio::awaitable<void> wait_for(testing::world& world, const std::vector<film>& all) {
    while (!std::all_of(all.begin(), all.end(), [](const film& one) { return one.over; }))
        co_await world.sleep(std::chrono::milliseconds(10));
}

int run(const wishes& how) {
    testing::world world;
    local_dc_options options;
    for (int i = 0; i < how.films; ++i)
        options.generated_files.push_back(
            {"film" + std::to_string(i) + ".bin", static_cast<std::int64_t>(how.mib * (1 << 20)), seed});
    options.rtt = std::chrono::duration_cast<duration>(std::chrono::duration<double, std::milli>(how.rtt_ms));
    options.limits.account_rate = static_cast<std::int64_t>(how.rate * 1e6);
    options.limits.flood_rate = static_cast<std::int64_t>(how.flood_rate * 1e6);
    local_dc cluster = world.cluster(std::move(options));
    pool tg(world.executor());
    for (int i = 0; i < how.accounts; ++i) {
        client one = world.client(cluster);
        world.run(sign_in(one, std::to_string(6001 + i) + ":bench"));
        tg.add("account " + std::to_string(i + 1), std::move(one));
    }
    std::vector<film> all(static_cast<std::size_t>(how.films));
    for (int i = 0; i < how.films; ++i)
        asio::co_spawn(world.executor(), fetch(world, tg, i, how.at_once, all[static_cast<std::size_t>(i)]),
                       asio::detached);
    world.run(wait_for(world, all));
    bool right = true;
    for (const film& each : all) {
        std::printf("%.0f MiB in %.2f s: %.2f MB/s%s\n", static_cast<double>(each.bytes) / (1 << 20),
                    each.seconds, static_cast<double>(each.bytes) / 1e6 / each.seconds,
                    each.right ? "" : ", WRONG");
        right = right && each.right;
    }
    for (const pool_account& one : tg.accounts())
        std::printf("  %s: %.0f MB, %d flood waits, %d errors\n", one.name.c_str(),
                    static_cast<double>(one.bytes) / 1e6, one.flood_waits, one.errors);
    std::printf("  requests within a wait: %lld\n", static_cast<long long>(cluster.counts().early_requests));
    return right && cluster.counts().early_requests == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    try {
        return run(read_arguments(argc, argv));
    } catch (const std::exception& failed) {
        std::fprintf(stderr, "%s\n", failed.what());
        return 2;
    }
}
