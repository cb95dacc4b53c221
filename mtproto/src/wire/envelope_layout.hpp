// Where things stand in an envelope (protocol 2.1, 4.2). Private to wire.
#pragma once

#include <cstddef>

namespace mtproto::wire {

// In a plain packet, behind eight zeros
inline constexpr std::size_t plain_msg_id_at = 8;
inline constexpr std::size_t plain_length_at = 16;
inline constexpr std::size_t plain_head_size = 20;

// In a sealed packet
inline constexpr std::size_t msg_key_at = 8;
inline constexpr std::size_t sealed_head_size = 24;  // key id and msg_key; what follows is encrypted

// In what is encrypted
inline constexpr std::size_t salt_at = 0;
inline constexpr std::size_t session_id_at = 8;
inline constexpr std::size_t msg_id_at_offset = 16;
inline constexpr std::size_t seqno_at = 24;
inline constexpr std::size_t length_at = 28;
inline constexpr std::size_t inner_head_size = 32;
inline constexpr std::size_t least_padding = 12;
inline constexpr std::size_t most_padding = 1024;

/// Where payloads begin in a block of their own: blocks are aligned to 16, so the encrypted part is too.
inline constexpr std::size_t payload_alignment = 8;

}  // namespace mtproto::wire
