// The scenarios that strategies are compared in.
#pragma once

#include "sim/scenario.hpp"

#include <vector>

namespace mtproto::bench {

/// What the default strategy is held to in a scenario.
struct bars {
    double share = 0.90;      ///< of the limit, at least
    int flood_waits = 0;      ///< at most
    double waste = 0.02;      ///< of the bytes, at most
    double beaten_by = 0.05;  ///< another strategy may be better by so much of its own goodput
    duration first_byte{-1};  ///< at most; negative: whatever it is
    duration stalled{-1};     ///< of a player, at most; negative: whatever it is
};

struct grid_place {
    sim::scenario what;
    bars held_to{};
};

const std::vector<grid_place>& grid();

}  // namespace mtproto::bench
