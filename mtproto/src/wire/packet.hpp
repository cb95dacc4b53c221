// One transport packet without its framing, and what it is (protocol 1.6).
#pragma once

#include <mtproto/bytes.hpp>

#include <cstdint>

namespace mtproto::wire {

/// A packet inside a block of memory that nothing else writes to: it may be decrypted where it is.
struct packet {
    buffer storage;
    std::size_t offset = 0;
    std::size_t size = 0;
    /// Received by a server: the client asks for a quick acknowledgement. Received by a client: this is one,
    /// the payload being its token, little endian.
    bool quick_ack = false;

    byte_span span() const noexcept { return storage.span().subspan(offset, size); }
    byte_view view() const noexcept { return span(); }
    /// The packet as an immutable slice that shares the block.
    bytes slice() const noexcept { return {storage, offset, size}; }

    /// A packet with a copy of `payload`.
    static packet copy(byte_view payload);
};

enum class packet_kind {
    message,          ///< an envelope, plain or encrypted: 20 bytes and more
    nop,              ///< nothing to do
    quick_ack,        ///< `token` holds the acknowledged message's token
    transport_error,  ///< `code` holds the negative number: -404, -429, -444
    malformed,        ///< too short to be any of them
};

struct packet_class {
    packet_kind kind = packet_kind::malformed;
    std::int32_t code = 0;
    std::uint32_t token = 0;
};

/// What a client received (protocol 1.6). Packets of less than 20 bytes are never messages.
packet_class classify(const packet& received) noexcept;

/// The payload of a transport error: the code, little endian.
packet transport_error(std::int32_t code);

/// The first 8 bytes of an envelope: 0 for a plain one, else the auth key's id. The packet is a message.
std::int64_t key_id_of(const packet& message) noexcept;

}  // namespace mtproto::wire
