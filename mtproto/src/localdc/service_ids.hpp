// Which messages are the protocol's own, and which are queries.
#pragma once

#include <cstdint>

namespace mtproto::localdc {

/// Whether a message of this constructor is the protocol's own (protocol 5).
bool is_service(std::uint32_t id);

}  // namespace mtproto::localdc
