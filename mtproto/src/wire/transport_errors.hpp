// What a server sends in place of a packet (protocol 1.6): packet_class::code of a transport error.
#pragma once

#include <cstdint>

namespace mtproto::wire {

inline constexpr std::int32_t no_such_key = -404;
inline constexpr std::int32_t too_many_connections = -429;  ///< or requests
inline constexpr std::int32_t wrong_dc = -444;

}  // namespace mtproto::wire
