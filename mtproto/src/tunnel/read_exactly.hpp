// Reading as many bytes as a step of a handshake has.
#pragma once

#include "io/stream.hpp"

namespace mtproto::tunnel {

/// Fills `into`. errc::connection_closed when the peer closes before that, and what read_some gives.
io::awaitable<result<void>> read_exactly(io::stream& from, byte_span into);

}  // namespace mtproto::tunnel
