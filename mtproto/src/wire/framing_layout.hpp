// The numbers of the framings (protocol 1.1 to 1.4). Private to wire.
#pragma once

#include <cstddef>
#include <cstdint>

namespace mtproto::wire {

inline constexpr std::byte abridged_tag{0xef};
inline constexpr std::uint32_t intermediate_tag = 0xeeeeeeee;
inline constexpr std::uint32_t padded_tag = 0xdddddddd;

inline constexpr std::uint32_t abridged_long_form =
    0x7f;  // in place of a length in words: three bytes follow
inline constexpr std::uint32_t abridged_ack_bit = 0x80;
inline constexpr std::uint32_t ack_bit = 0x80000000;

inline constexpr std::size_t full_head_size = 8;  // length and sequence number
inline constexpr std::size_t full_crc_size = 4;
inline constexpr std::size_t full_overhead = full_head_size + full_crc_size;

inline constexpr std::size_t most_frame_padding = 15;  // of the padded intermediate framing
// What a server adds at most, as Telegram's own MTProxy does: Telethon takes three bytes off a packet, never
// more.
inline constexpr std::size_t most_server_padding = 3;

}  // namespace mtproto::wire
