// The results of the grid, and the bars that the default strategy is held to.
#pragma once

#include "sim/report.hpp"

#include <cstdint>
#include <map>
#include <string>

namespace mtproto::bench {

/// One strategy in one scenario, over all seeds: means, and the worst where the name says so.
struct result {
    int runs = 0;
    int incomplete = 0;
    double goodput_sum = 0;
    double share_sum = 0;
    double worst_share = 1e9;
    double first_byte_sum = 0;
    double worst_first_byte = 0;
    double stalled_sum = 0;
    double worst_stalled = 0;
    double waste_sum = 0;
    double worst_waste = 0;
    int flood_waits_sum = 0;
    int worst_flood_waits = 0;
    int flood_answers_sum = 0;
    int asked_early = 0;  ///< in all
    int kills_sum = 0;
    std::int64_t peak = 0;  ///< the highest
    int connections = 0;    ///< the most

    void add(const sim::report& got);
    double goodput() const { return goodput_sum / runs; }        ///< bytes a second
    double share() const { return share_sum / runs; }            ///< of the limit
    double first_byte() const { return first_byte_sum / runs; }  ///< seconds
    double stalled() const { return stalled_sum / runs; }        ///< seconds
    double waste() const { return waste_sum / runs; }            ///< of the bytes received
    double flood_waits() const { return double(flood_waits_sum) / runs; }
    double flood_answers() const { return double(flood_answers_sum) / runs; }
    double kills() const { return double(kills_sum) / runs; }
};

/// By scenario, then by strategy.
using results = std::map<std::string, std::map<std::string, result>>;

/// Prints what falls short, and whether nothing does. Scenarios that did not run are not looked at.
bool hold_to_bars(const results& all);

}  // namespace mtproto::bench
