// The progress of a transfer.
#pragma once

#include <mtproto/wait.hpp>

#include <chrono>
#include <cstdint>
#include <functional>
#include <optional>

namespace mtproto {

struct progress {
    progress() = default;

    std::int64_t received = 0;  ///< bytes delivered so far; bytes read twice count once
    std::optional<std::int64_t> total = std::nullopt;  ///< bytes that there will be, when that is known
    double rate = 0;                                   ///< bytes per second, smoothed over some seconds
    int connections = 0;  ///< that are up for this stream now; other streams may use them too
    int flood_waits = 0;  ///< that the servers have asked for so far
    /// The wait that holds the reader up; nothing while bytes come. A flood wait is told at once, an outage
    /// after a second, silence after five.
    std::optional<wait_info> wait = std::nullopt;

    /// Time to the end at this rate. Nothing when it cannot be told, as in a wait, and at the end.
    std::optional<duration> time_left() const noexcept {
        if (wait || rate <= 0 || !total || *total <= received) return std::nullopt;
        const std::chrono::duration<double> left(static_cast<double>(*total - received) / rate);
        // A rate next to nothing would make more than a duration holds.
        if (left >= std::chrono::duration<double>(duration::max())) return std::nullopt;
        return std::chrono::duration_cast<duration>(left);
    }
};

/// Called on the client's executor, a few times a second at most, and about each second while the reader
/// waits and nothing comes. Must not block. It may seek, pause or close the stream. When it throws, the
/// stream ends: next() and read_at() throw that exception.
using progress_callback = std::function<void(const progress&)>;

}  // namespace mtproto
