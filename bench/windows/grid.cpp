// The grid: round trips, rates, caps, floods, and what goes wrong.
#include "windows/grid.hpp"

#include <string>

namespace mtproto::bench {
namespace {

using namespace std::chrono_literals;

constexpr std::int64_t gib = 1 << 30;
constexpr std::int64_t mega = 1'000'000;

/// Connections of 6 MB/s at a round trip that varies by a tenth.
sim::scenario usual(std::string name, duration rtt) {
    sim::scenario made;
    made.name = std::move(name);
    made.rules.rtt = rtt;
    made.rules.jitter = rtt / 10;
    made.rules.connection_rate = 6 * mega;
    return made;
}

grid_place flooded(std::string name, std::int64_t rate, double burst_seconds) {
    grid_place made{usual(std::move(name), 80ms)};
    made.what.rules.flood.bytes = {rate,
                                   static_cast<std::int64_t>(static_cast<double>(rate) * burst_seconds)};
    made.what.readers = {{8 * gib}};
    made.held_to.share = 0.85;
    made.held_to.flood_waits = 3;
    return made;
}

/// Floods by another rule than one bucket of bytes that stays the same: held to what the pace, which knows
/// only that one, makes of it (docs/design/pace.md), whatever others do.
grid_place ruled(std::string name, const traffic::flood_rules& rules, double share, int waits) {
    grid_place made = flooded(std::move(name), 0, 0);
    made.what.rules.flood = rules;
    made.held_to.share = share;
    made.held_to.flood_waits = waits;
    made.held_to.beaten_by = 1;
    return made;
}

void add_other_rules(std::vector<grid_place>& all) {
    traffic::flood_rules rules;
    rules.window = {250 * mega, 10s};
    all.push_back(ruled("window_10s_25", rules, 0.75, 3));
    rules.window = {1500 * mega, 60s};
    all.push_back(ruled("window_60s_25", rules, 0.90, 3));
    rules = {};
    rules.requests = {80, 160};
    all.push_back(ruled("requests_80", rules, 0.38, 5));
    rules = {};
    rules.bytes = {20 * mega, 40 * mega};
    rules.change = {150s, 40 * mega};
    all.push_back(ruled("change_20_to_40", rules, 0.60, 3));
    rules.bytes = {40 * mega, 80 * mega};
    rules.change = {100s, 20 * mega};
    all.push_back(ruled("change_40_to_20", rules, 0.80, 6));
    rules = {};
    rules.connection_bytes = {3 * mega, 6 * mega};
    all.push_back(ruled("each_connection_3", rules, 0.70, 4));
    rules.bytes = {25 * mega, 50 * mega};
    rules.connection_bytes = {4 * mega, 8 * mega};
    all.push_back(ruled("each_connection_4_all_25", rules, 0.85, 3));
}

std::vector<grid_place> make_grid() {
    std::vector<grid_place> all;
    for (const int rtt : {5, 20, 80, 150, 300})
        all.push_back({usual("rtt_" + std::to_string(rtt), std::chrono::milliseconds(rtt))});

    sim::scenario one = usual("warm_rtt_80", 80ms);
    one.warm = true;
    grid_place warm{one};
    warm.held_to.first_byte = one.rules.rtt + one.rules.jitter + 30ms;
    all.push_back(warm);
    one = usual("fast_lines_rtt_20", 20ms);
    one.rules.connection_rate = 30 * mega;
    all.push_back({one});
    one = usual("budget_rtt_300", 300ms);
    one.rules.connection_rate = 60 * mega;
    all.push_back({one});
    one = usual("slow_lines_rtt_80", 80ms);
    one.rules.connection_rate = 250'000;
    one.readers = {{gib / 8}};
    all.push_back({one});
    for (const int rtt : {20, 80, 300}) {
        one = usual("account_25_rtt_" + std::to_string(rtt), std::chrono::milliseconds(rtt));
        one.rules.account_rate = 25 * mega;
        all.push_back({one});
    }

    all.push_back(flooded("flood_10", 10 * mega, 2));
    all.push_back(flooded("flood_25", 25 * mega, 2));
    all.push_back(flooded("flood_25_small_burst", 25 * mega, 0.5));
    all.push_back(flooded("flood_25_large_burst", 25 * mega, 10));
    all.push_back(flooded("flood_40", 40 * mega, 2));
    all.push_back(flooded("flood_60", 60 * mega, 2));
    all.back().what.rules.connection_rate = 12 * mega;
    add_other_rules(all);

    for (const int rtt : {20, 80, 150}) {
        one = usual("slow_parts_rtt_" + std::to_string(rtt), std::chrono::milliseconds(rtt));
        one.rules.slow.probability = 0.01;
        all.push_back({one});
    }
    one = usual("loss_rtt_80", 80ms);
    one.rules.loss = 2e-5;
    all.push_back({one});
    one = usual("dying_rtt_80", 80ms);
    one.faults = "at 5s on connection 3: silence";
    all.push_back({one});
    one = usual("dying_rtt_20", 20ms);
    one.faults = "at 5s on connection 1: silence\nat 12s on connection 5: silence";
    all.push_back({one});
    for (const int most : {4, 6}) {
        one = usual("kills_above_" + std::to_string(most), 80ms);
        one.rules.most_connections = most;
        all.push_back({one});
    }

    one = usual("readers_4", 80ms);
    one.readers = {{gib / 4}, {gib / 4}, {gib / 4}, {gib / 4}};
    all.push_back({one});
    one = usual("players_4_slow_parts", 80ms);
    one.rules.slow.probability = 0.01;
    one.readers = {};
    for (int i = 0; i < 4; ++i)
        one.readers.push_back({gib / 8, 4 * mega, 2s});
    grid_place players{one};
    players.held_to.stalled = 500ms;
    all.push_back(players);
    one = usual("player_rtt_300", 300ms);
    one.readers = {{gib / 4, 5 * mega, 2s}};
    players = {one};
    players.held_to.stalled = 500ms;
    all.push_back(players);
    return all;
}

}  // namespace

const std::vector<grid_place>& grid() {
    static const std::vector<grid_place> all = make_grid();
    return all;
}

}  // namespace mtproto::bench
