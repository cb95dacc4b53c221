// What a server says in place of a packet (protocol 1.6), as failure::rpc_code of errc::transport_error.
#pragma once

namespace mtproto::net {

inline constexpr int no_such_key = -404;
inline constexpr int too_many_connections = -429;  ///< or requests
inline constexpr int wrong_dc = -444;

}  // namespace mtproto::net
