// The names of RPC errors taken apart: type and number (protocol 6).
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace mtproto::rpc {

/// An rpc_error. The number inside its text is taken out: "FLOOD_WAIT_42" is FLOOD_WAIT and 42,
/// "FILE_REFERENCE_3_EXPIRED" is FILE_REFERENCE_EXPIRED and 3, "USER_MIGRATE_5" is USER_MIGRATE and 5.
struct rpc_error {
    int code = 0;
    std::string type;  ///< without the number; what failure::rpc_type holds
    int value = 0;     ///< the number, 0 when there is none
};

/// Numbers that do not fit an int stand as its largest value; a text of unexpected form is the type as it is.
rpc_error parse_error(int code, std::string_view text);

}  // namespace mtproto::rpc
