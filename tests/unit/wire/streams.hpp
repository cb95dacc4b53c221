// Helpers of the wire tests: streams written and read, messages as text.
#pragma once

#include "crypto/seeded_random.hpp"
#include "unit/crypto/hex.hpp"
#include "wire/framing.hpp"

#include <vector>

namespace mtproto::test {

inline void append(std::vector<std::byte>& to, mtproto::byte_view data) {
    to.insert(to.end(), data.begin(), data.end());
}

/// Adds one framed packet to a stream.
inline void write(std::vector<std::byte>& stream, mtproto::wire::frame_writer& writer,
                  mtproto::byte_view payload, bool quick_ack = false) {
    const mtproto::wire::frame around = writer.wrap(payload, quick_ack);
    append(stream, around.header());
    append(stream, payload);
    append(stream, around.trailer());
}

inline std::vector<std::byte> random_bytes(mtproto::random_source& random, std::size_t size) {
    std::vector<std::byte> made(size);
    random.fill(made);
    return made;
}

}  // namespace mtproto::test
