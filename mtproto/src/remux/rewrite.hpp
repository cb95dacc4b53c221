// The whole job on the worker's thread: open, map streams, copy packets, close.
#pragma once

#include "remux/bridge.hpp"
#include "remux/target.hpp"

#include <mtproto/log.hpp>

namespace mtproto::remux {

/// Blocks until all is written or the bridge is stopped. `live`: fragments, no seeking. Errors:
/// errc::remux_failed, cancelled, and what the target refused.
outcome<void> rewrite(bridge& from, target& to, bool live, const log_sink& log);

}  // namespace mtproto::remux
