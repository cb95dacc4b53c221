// A scenario run from its beginning to its end.
#pragma once

#include "sim/report.hpp"
#include "sim/scenario.hpp"

namespace mtproto::sim {

/// The same scenario, seed, strategies and pace give the same report. `pace`: the account's; empty: the
/// library's. Throws error with errc::bad_argument for faults that make no sense.
report run(const scenario& what, const strategy_factory& strategy, const pace_factory& pace = {});

}  // namespace mtproto::sim
