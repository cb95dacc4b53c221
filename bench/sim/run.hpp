// A scenario run from its beginning to its end.
#pragma once

#include "sim/report.hpp"
#include "sim/scenario.hpp"

namespace mtproto::sim {

/// The same scenario, seed and strategies give the same report. Throws error with errc::bad_argument for
/// faults that make no sense.
report run(const scenario& what, const strategy_factory& strategy);

}  // namespace mtproto::sim
