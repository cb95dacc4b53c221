// A received message on its way through the handlers.
#pragma once

#include "wire/container.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/clock.hpp>

#include <cstdint>

namespace mtproto::session {

struct incoming {
    std::int64_t msg_id = 0;
    std::int32_t seqno = 0;
    bytes body;  ///< boxed
    /// The msg_id of the packet it came in: its own, or the container's. Tells the server's time at sending.
    std::int64_t packet_id = 0;
    time_point now{};
    unix_time unix_now{};
    /// What the packet may still inflate to.
    wire::inflation* inflating = nullptr;
};

/// Whether a message must be acknowledged (protocol 4.7).
constexpr bool is_content_related(std::int32_t seqno) noexcept {
    return (seqno & 1) != 0;
}

}  // namespace mtproto::session
