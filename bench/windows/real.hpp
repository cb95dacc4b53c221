// The same comparison through the real client and the local data centre, over sockets of this machine.
#pragma once

#include "sim/report.hpp"
#include "sim/scenario.hpp"

namespace mtproto::bench {

/// Whether the real engine can take part: readers that discard, one file for all, no faults that only the
/// simulator numbers alike.
bool can_be_real(const sim::scenario& what);

/// In real time. Waste and what the client held are not known and 0. Throws error.
sim::report run_real(const sim::scenario& what, const sim::strategy_factory& strategy);

}  // namespace mtproto::bench
