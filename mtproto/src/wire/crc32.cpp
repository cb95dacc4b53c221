// zlib's CRC-32, which tl brings along.
#include "wire/crc32.hpp"

#include <zlib.h>

namespace mtproto::wire {

std::uint32_t crc32(std::uint32_t crc, byte_view data) noexcept {
    return static_cast<std::uint32_t>(
        ::crc32_z(crc, reinterpret_cast<const unsigned char*>(data.data()), data.size()));
}

}  // namespace mtproto::wire
