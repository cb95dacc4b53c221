// Numbers of the protocol's own messages that both ends know (protocol 5.3, 5.4).
#pragma once

#include <cstddef>
#include <cstdint>

namespace mtproto::wire {

/// Ids that one msgs_ack, or another message of ids, may hold (protocol 5.3).
inline constexpr std::size_t most_ids = 8192;

/// Codes of bad_msg_notification (protocol 5.4).
enum class bad_msg : std::int32_t {
    none = 0,  ///< no notification
    msg_id_too_low = 16,
    msg_id_too_high = 17,
    msg_id_bits = 18,
    container_reused = 19,
    msg_too_old = 20,
    seqno_too_low = 32,
    seqno_too_high = 33,
    seqno_not_even = 34,
    seqno_not_odd = 35,
    salt = 48,  ///< comes as bad_server_salt
    container = 64,
};

}  // namespace mtproto::wire
