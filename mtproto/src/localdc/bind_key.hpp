// Binding a temporary key to a permanent one: the server's checks (protocol 3.2 to 3.4).
#pragma once

#include "localdc/cluster.hpp"

#include <cstdint>

namespace mtproto::localdc {

struct bind_request {
    std::int64_t perm_key_id = 0;
    std::int64_t nonce = 0;
    std::int32_t expires_at = 0;
    std::int64_t msg_id = 0;      ///< of the query itself
    std::int64_t session_id = 0;  ///< in which it came
    bytes encrypted;
};

/// Binds `key`, or throws a refusal. initConnection has to follow again.
void bind_temporary_key(data_centre& dc, key_state& key, const bind_request& wanted, unix_time now);

}  // namespace mtproto::localdc
