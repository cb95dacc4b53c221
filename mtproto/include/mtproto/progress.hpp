// How far a transfer has come.
#pragma once

#include <mtproto/wait.hpp>

#include <cstdint>
#include <functional>
#include <optional>

namespace mtproto {

struct progress {
    std::int64_t received = 0;  ///< bytes delivered so far; what a seek brings again counts once
    std::int64_t total = 0;     ///< bytes that there will be; 0 when not known
    double rate = 0;            ///< bytes per second, smoothed over some seconds
    int connections = 0;        ///< that are up for this stream now; other streams may use them too
    int flood_waits = 0;        ///< that the servers have asked for so far
    /// For which the reader waits; nothing while bytes come. A flood wait is told at once, an outage after a
    /// second, silence after five.
    std::optional<wait_info> wait = std::nullopt;

    /// Seconds left at this rate; 0 when it cannot be told, as in a wait.
    double seconds_left() const noexcept {
        return !wait && rate > 0 && total > received ? static_cast<double>(total - received) / rate : 0;
    }
};

/// Called on the client's executor, a few times a second at most, and about each second while the reader
/// waits and nothing comes. Must not throw or block.
using progress_callback = std::function<void(const progress&)>;

}  // namespace mtproto
