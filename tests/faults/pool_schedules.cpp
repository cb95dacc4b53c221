// Random schedules for four accounts: `pool_schedules [--runs N] [--first SEED]`; `--seed N` for one again.
#include "crypto/seeded_random.hpp"
#include "unit/pool/pool_world.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <string>
#include <string_view>
#include <vector>

namespace {

using namespace mtproto;
using namespace std::chrono_literals;

constexpr int accounts = 4;
constexpr std::int64_t film = (6 << 20) + 1001;  // no whole number of parts
constexpr std::int64_t rate = 1'500'000;         // of each account
// An account that dies costs the reader so much.
constexpr duration one_death = 6s;

enum class blow { flood, revoke, ban, freeze, dead, stall };

struct event {
    duration at{0};
    int account = 0;
    blow kind = blow::flood;
    std::chrono::seconds lasts{0};  ///< of a flood or a stall
};

struct schedule {
    std::vector<event> events;
    int at_once = 1;
    bool buckets = false;  ///< floods follow from rates, too
};

schedule draw(std::uint64_t seed) {
    crypto::seeded_random random(seed);
    const auto one_of = [&](std::uint64_t count) { return random.next_u64() % count; };
    schedule made;
    made.at_once = 1 + static_cast<int>(one_of(accounts));
    made.buckets = one_of(3) == 0;
    const std::uint64_t count = 1 + one_of(8);
    for (std::uint64_t i = 0; i < count; ++i) {
        event one;
        one.at = 1ms * one_of(6'000);
        one.account = static_cast<int>(one_of(accounts));
        one.kind = static_cast<blow>(one_of(6));
        one.lasts = std::chrono::seconds(1 + one_of(one.kind == blow::flood ? 400 : 30));
        made.events.push_back(one);
    }
    return made;
}

std::string text_of(const schedule& what) {
    static constexpr std::array names{"flood", "revoked", "banned", "frozen", "dead", "stalled"};
    std::string made = std::to_string(what.at_once) + " at once" + (what.buckets ? ", buckets" : "");
    for (const event& each : what.events)
        made += "\n  " + std::to_string(each.at / 1ms) + " ms: account " + std::to_string(each.account) +
                " " + names[static_cast<std::size_t>(each.kind)] + " " + std::to_string(each.lasts.count()) +
                " s";
    return made;
}

void strike(test::pool_world& world, const event& what) {
    const std::int64_t user = test::pool_world::user(what.account);
    test::spoiled_network::settings stalls;
    stalls.how =
        what.kind == blow::dead ? test::spoiled_network::mode::stall : test::spoiled_network::mode::hold;
    switch (what.kind) {
        case blow::flood:
            world.cluster->set_flood(user, "upload.getFile", world.dc_of(2), what.lasts);
            break;
        case blow::revoke:
            world.cluster->set_state(user, local_account_state::revoked);
            break;
        case blow::ban:
            world.cluster->set_state(user, local_account_state::banned);
            break;
        case blow::freeze:
            world.cluster->set_state(user, local_account_state::frozen);
            break;
        case blow::dead:
        case blow::stall:
            world.nets[static_cast<std::size_t>(what.account)]->set(std::move(stalls));
            break;
    }
}

io::awaitable<void> strike_later(test::pool_world& world, event what) {
    if (const auto slept = co_await world.sim.time().sleep_for(what.at); !slept) co_return;
    strike(world, what);
    if (what.kind != blow::stall) co_return;
    if (const auto slept = co_await world.sim.time().sleep_for(what.lasts); !slept) co_return;
    world.nets[static_cast<std::size_t>(what.account)]->set({});
}

/// What must not be; empty when all is well.
std::string complaint_about(const schedule& what, const test::pool_world::outcome_of_read& made,
                            std::int64_t early) {
    std::array<bool, accounts> struck{};
    std::array<bool, accounts> gone{};
    int deaths = 0;
    for (const event& each : what.events) {
        const auto account = static_cast<std::size_t>(each.account);
        struck[account] = true;
        if (each.kind == blow::flood || each.kind == blow::stall) continue;
        gone[account] = true;
        ++deaths;
    }
    if (early > 0) return std::to_string(early) + " requests within an account's wait";
    if (!made.right) return "wrong bytes";
    const bool all_gone = std::all_of(gone.begin(), gone.end(), [](bool one) { return one; });
    if (!made.failed.empty() && !all_gone) return "fails though an account is left: " + made.failed;
    if (made.failed.empty() && made.bytes != film) return "ends early, and says nothing";
    const bool one_is_well = !std::all_of(struck.begin(), struck.end(), [](bool one) { return one; });
    const auto blows = static_cast<int>(what.events.size());
    if (one_is_well && !what.buckets && made.longest > one_death * std::max(blows, 1))
        return "the reader waited for " + std::to_string(made.longest / 1ms) + " ms";
    return {};
}

std::string run(std::uint64_t seed, bool print, test::pool_world::outcome_of_read& made) {
    const schedule what = draw(seed);
    if (print) std::printf("%s\n", text_of(what).c_str());
    test::pool_world::options how;
    how.accounts = accounts;
    how.film = film;
    how.seed = seed;
    how.print = print;
    how.cluster.rtt = 40ms;
    how.cluster.limits.account_rate = rate;
    if (what.buckets) {
        how.cluster.limits.flood_rate = rate / 2;
        how.cluster.limits.flood_burst = 2'000'000;
    }
    how.cluster.scenario_seed = seed;
    how.pool.byte_budget = 2u << 20;
    test::pool_world world(std::move(how));
    for (const event& each : what.events)
        boost::asio::co_spawn(world.sim.executor(), strike_later(world, each), boost::asio::detached);
    stream_options striped;
    striped.accounts = what.at_once;
    try {
        made = world.read(striped);
    } catch (const std::exception& hangs) {
        return hangs.what();
    }
    return complaint_about(what, made, world.early());
}

bool report(std::uint64_t seed, bool print) {
    test::pool_world::outcome_of_read made;
    const std::string wrong = run(seed, print, made);
    if (print || !wrong.empty())
        std::printf("seed %llu: %lld bytes in %.3f s, longest wait %.3f s %s\n",
                    static_cast<unsigned long long>(seed), static_cast<long long>(made.bytes),
                    std::chrono::duration<double>(made.took).count(),
                    std::chrono::duration<double>(made.longest).count(), made.failed.c_str());
    if (!wrong.empty()) {
        std::printf("seed %llu: WRONG: %s\n%s\n", static_cast<unsigned long long>(seed), wrong.c_str(),
                    text_of(draw(seed)).c_str());
        std::fflush(stdout);
    }
    return wrong.empty();
}

}  // namespace

int main(int count, char** values) {
    std::uint64_t runs = 24;
    std::uint64_t first = 1;
    bool one = false;
    for (int i = 1; i + 1 < count; i += 2) {
        const std::string_view name = values[i];
        const std::uint64_t number = std::strtoull(values[i + 1], nullptr, 10);
        if (name == "--runs") {
            runs = number;
        } else if (name == "--first" || name == "--seed") {
            first = number;
            one = name == "--seed";
        } else {
            std::fputs("pool_schedules [--runs N] [--first SEED] | --seed N\n", stderr);
            return 2;
        }
    }
    if (one) return report(first, true) ? 0 : 1;
    std::uint64_t wrong = 0;
    for (std::uint64_t seed = first; seed < first + runs; ++seed)
        wrong += report(seed, false) ? 0 : 1;
    std::printf("%llu schedules over %d accounts: %llu wrong\n", static_cast<unsigned long long>(runs),
                accounts, static_cast<unsigned long long>(wrong));
    return wrong == 0 ? 0 : 1;
}
