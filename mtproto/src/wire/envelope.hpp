// Envelopes: plain ones for the handshake (protocol 2.1), sealed ones for everything else (protocol 4.1
// to 4.3).
#pragma once

#include "crypto/auth_key.hpp"
#include "wire/packet.hpp"
#include "wire/role.hpp"

#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <cstdint>
#include <memory>
#include <span>

namespace mtproto {
class buffer_pool;
}

namespace mtproto::wire {

/// A message without encryption.
struct plain_message {
    std::int64_t msg_id = 0;
    bytes body;
};

packet write_plain(std::int64_t msg_id, byte_view body);
/// Servers add trailing bytes at times: they are ignored. The body shares the packet's block.
result<plain_message> read_plain(const packet& from);

/// What stands in front of a sealed message's body.
struct message_header {
    std::int64_t salt = 0;
    std::int64_t session_id = 0;
    std::int64_t msg_id = 0;
    std::int32_t seqno = 0;
};

struct sealed {
    packet data;
    std::uint32_t quick_ack_token = 0;  ///< what a quick acknowledgement of it will carry
};

/// A packet whose body is written in place before it is sealed: large answers are not copied.
class draft {
  public:
    /// Room for a body of `body_size` bytes, a multiple of 4, and random padding of 12 to 1024. Without a
    /// pool the block comes from the heap.
    draft(std::size_t body_size, random_source& random, buffer_pool* pool = nullptr);

    /// Where the body goes.
    byte_span body() const noexcept;

  private:
    friend void seal_batch(std::span<struct seal_job> jobs);
    packet data_;
    std::size_t body_size_;
};

/// A draft and what is needed to seal it.
struct seal_job {
    draft text;                                   ///< in
    std::shared_ptr<const crypto::auth_key> key;  ///< in
    role self = role::client;                     ///< in: the end that sends
    message_header header;                        ///< in
    sealed outcome;                               ///< out
};

/// Seals drafts side by side; sealing one is a batch of one.
void seal_batch(std::span<seal_job> jobs);

/// Seals one message with a copy of `body`, whose size is a multiple of 4.
sealed seal(const std::shared_ptr<const crypto::auth_key>& key, role self, const message_header& header,
            byte_view body, random_source& random, buffer_pool* pool = nullptr);

/// An authenticated message. The session id, msg_id's parity, duplicates and time are the session's to check.
struct opened {
    message_header header;
    bytes body;                         ///< a slice of the packet's block
    std::uint32_t quick_ack_token = 0;  ///< for a server to send when the packet asked for it
};

/// A received packet and what is needed to open it.
struct open_job {
    packet data;                                  ///< in; decrypted where it is
    std::shared_ptr<const crypto::auth_key> key;  ///< in
    role self = role::client;                     ///< in: the end that received it
    /// out: errc::bad_message_key for everything up to the hash, which is compared in constant time;
    /// errc::bad_message for an authentic packet with a wrong length or padding (protocol 4.3)
    result<opened> outcome = errc::bad_message_key;
};

/// Opens independent packets side by side, in three steps: prepare (sizes, key id, key derivation), decrypt
/// all of them interleaved, finish (hash all that was decrypted, compare, only then look inside). No packet's
/// failure affects another. Uses no state but the jobs: may run on any thread.
void open_batch(std::span<open_job> jobs);

/// Opens one packet: a batch of one.
result<opened> open(packet data, const std::shared_ptr<const crypto::auth_key>& key, role self);

}  // namespace mtproto::wire
