// Which faults can strike at which events.
#pragma once

#include "traffic/fault.hpp"

namespace mtproto::localdc {

/// Whether the event comes and something acts on the fault there: a method's name without its namespace, a
/// step of the key exchange, or `connect`, with a kind that makes sense for it.
bool can_strike(const traffic::fault& fault);

}  // namespace mtproto::localdc
