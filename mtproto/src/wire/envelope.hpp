// Envelopes: plain ones for the handshake (protocol 2.1), sealed ones for everything else (protocol 4.1
// to 4.3).
#pragma once

#include "crypto/auth_key.hpp"
#include "crypto/ige_sha256.hpp"
#include "crypto/kdf.hpp"
#include "wire/packet.hpp"
#include "wire/role.hpp"

#include <mtproto/error.hpp>
#include <mtproto/random.hpp>

#include <cstdint>
#include <memory>
#include <optional>
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
    packet data;  ///< decrypted where it is
    std::shared_ptr<const crypto::auth_key> key;
    role self = role::client;  ///< the end that received it
};

/// A received packet on its way to a message. It may begin while the packet still comes: alone one costs
/// three times as much as with others side by side, and there are nearly always some that still come. Uses no
/// state but its own: several may be worked on on any thread.
class decryption {
  public:
    /// `of.data` is where the packet will be, of which the first `received` bytes are there.
    decryption(open_job of, std::size_t received);
    decryption(const decryption&) = delete;
    decryption& operator=(const decryption&) = delete;

    /// Now the first `bytes` of the packet are there: never fewer than before.
    void received(std::size_t bytes);
    /// Whether it is of the packet that stands in this block of memory.
    bool is_of(const packet& other) const noexcept;
    /// Of a packet that was whole when it was last advanced. errc::bad_message_key for everything up to the
    /// hash, which is compared in constant time; errc::bad_message for an authentic packet with a wrong
    /// length or padding (protocol 4.3).
    result<opened> finish() const;

  private:
    friend void advance(std::span<decryption* const> packets);
    bool read_head();
    byte_span encrypted() const noexcept;

    open_job of_;
    std::size_t received_ = 0;
    crypto::message_key msg_key_{};
    crypto::ige_key key_;
    std::optional<crypto::ige_sha256_stream> text_;  // once the head is there, unless that is refused
};

/// Decrypts and hashes the packets that are whole, side by side, and takes others along as far as they are
/// there and that costs little. No packet's failure affects another.
void advance(std::span<decryption* const> packets);

/// Opens one packet that is whole.
result<opened> open(open_job of);
inline result<opened> open(packet data, std::shared_ptr<const crypto::auth_key> key, role self) {
    return open({std::move(data), std::move(key), self});
}

}  // namespace mtproto::wire
