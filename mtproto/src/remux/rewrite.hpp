// The whole job on the worker's thread: open, map streams, copy packets, close.
#pragma once

#include "remux/bridge.hpp"
#include "remux/format.hpp"
#include "remux/target.hpp"

#include <mtproto/log.hpp>

namespace mtproto::remuxing {

/// Blocks until all is written or the bridge is stopped. Tells how the film was, or fails with
/// errc::remux_failed, cancelled, and what the target refused.
outcome<sink::remux_report> rewrite(bridge& from, target& to, const output_format& format,
                                    const log_sink& log);

}  // namespace mtproto::remuxing
