// The three wrappers that are written by hand: msg_container, rpc_result and gzip_packed
// (protocol 5.1, 5.2, 5.8).
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

namespace mtproto::wire {

inline constexpr std::uint32_t msg_container_id = 0x73f1f8dc;
inline constexpr std::uint32_t rpc_result_id = 0xf35c6d01;
inline constexpr std::uint32_t gzip_packed_id = 0x3072cfa1;

/// The constructor id at the front of a boxed object, or 0 when there are not 4 bytes.
std::uint32_t constructor_of(byte_view boxed) noexcept;

/// One message inside a container.
struct contained {
    std::int64_t msg_id = 0;
    std::int32_t seqno = 0;
    bytes body;  ///< boxed; its size is a multiple of 4
};

inline constexpr std::size_t max_sent_messages = 100;  ///< in a container that is sent (protocol 5.1)
inline constexpr std::size_t max_sent_container =
    1'044'404;                                              ///< bytes of a container that is sent, all in all
inline constexpr std::size_t max_received_messages = 1024;  ///< in a container that is accepted
inline constexpr std::size_t container_head_size = 8;       ///< id and count
inline constexpr std::size_t contained_head_size = 16;      ///< msg_id, seqno and length of each message

/// The messages of a boxed container, as slices of it. An empty one is fine; errc::malformed for a nested
/// one, a length that is negative, not a multiple of 4 or past the end, or bytes left over; errc::too_large
/// for too many.
result<std::vector<contained>> read_container(const bytes& boxed);

/// Bytes of the container around these messages.
std::size_t container_size(std::span<const contained> messages) noexcept;
/// Whether a container of `size` bytes and `count` messages may take one more with a body of `body_size`.
constexpr bool container_has_room(std::size_t size, std::size_t count, std::size_t body_size) noexcept {
    return count < max_sent_messages && body_size <= max_sent_container &&
           size + contained_head_size + body_size <= max_sent_container;
}
/// Writes the container to `out`, which has container_size() bytes: for a draft's body.
void write_container(std::span<const contained> messages, byte_span out) noexcept;
bytes write_container(std::span<const contained> messages);

/// An answer and the request that it belongs to.
struct rpc_answer {
    std::int64_t req_msg_id = 0;
    bytes body;  ///< boxed: a result, an rpc_error, or gzip_packed around either
};
/// errc::malformed when it is no rpc_result.
result<rpc_answer> read_rpc_result(const bytes& boxed);

inline constexpr std::size_t rpc_result_head_size = 12;
/// Writes the 12 bytes that stand before the answer's body.
void write_rpc_result_head(std::int64_t req_msg_id, byte_span out) noexcept;
bytes write_rpc_result(std::int64_t req_msg_id, byte_view body);

/// What an answer may inflate to. Uncompressed ones are bounded by the transport; no known object comes near
/// this.
inline constexpr std::size_t default_inflated_limit = 32u << 20;
/// Objects up to this size are not worth compressing (protocol 5.2).
inline constexpr std::size_t gzip_threshold = 255;

/// The object inside gzip_packed; any other object as it is, without a copy. Doubly packed ones are
/// malformed.
result<bytes> unpack_gzip(const bytes& boxed, std::size_t limit = default_inflated_limit);

/// What the packed objects of one packet may inflate to: a container holds many, of a few KiB each.
struct inflation {
    std::size_t each = default_inflated_limit;  ///< bytes of one object
    std::size_t left = 64u << 20;               ///< bytes of all that are still to come
};
/// The same within such bounds. Objects that are refused count as well, as far as they were inflated.
result<bytes> unpack_gzip(const bytes& boxed, inflation& within);
/// gzip_packed around a boxed object, when it is larger than the threshold and gets smaller by it.
std::optional<bytes> pack_gzip(byte_view boxed);

}  // namespace mtproto::wire
