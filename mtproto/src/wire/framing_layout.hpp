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

// Of the padded intermediate framing; a mask, too. Packets are 8 or 4 more than a multiple of 16, which shows
// in an obfuscated stream unless there is as much padding as this.
inline constexpr std::uint32_t most_frame_padding = 15;
// Where that hides nothing: in a bare stream, whose lengths anyone reads. There are servers that take off
// three bytes at most, and Telethon does no more, so a server adds no more, as Telegram's own MTProxy.
inline constexpr std::uint32_t most_plain_padding = 3;

}  // namespace mtproto::wire
