// Somebody who watches: reads a stream at a bit rate and notes each moment at which the picture stands still.
#pragma once

#include <mtproto/byte_stream.hpp>

#include <chrono>
#include <cstdint>

namespace mtproto::bench {

using real_clock = std::chrono::steady_clock;

/// What one player met with.
struct watched {
    std::int64_t bytes = 0;
    double first_byte = 0;   ///< seconds from the first read
    double worst_stall = 0;  ///< seconds for which nothing was there to go on with
    double all_stalls = 0;   ///< seconds
    int long_stalls = 0;     ///< those beyond 200 ms
};

inline constexpr double long_stall = 0.2;  // seconds

/// Plays at `rate` bytes a second from the first bytes on, with no buffer but the stream's own, to its end.
boost::asio::awaitable<void> watch(byte_stream& stream, double rate, watched& result);

}  // namespace mtproto::bench
