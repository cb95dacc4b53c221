// CRC-32 (IEEE 802.3) for the full transport.
#pragma once

#include <mtproto/bytes.hpp>

#include <cstdint>

namespace mtproto::wire {

/// Continues `crc` (0 at the start) over `data`.
std::uint32_t crc32(std::uint32_t crc, byte_view data) noexcept;

}  // namespace mtproto::wire
