// The two clocks of the protocol: one that only goes forward, and the calendar.
#pragma once

#include <chrono>

namespace mtproto {

using duration = std::chrono::nanoseconds;
/// A moment of a monotonic clock, for deadlines. Not comparable between two clocks.
using time_point = std::chrono::time_point<std::chrono::steady_clock, duration>;
/// Time since 1970-01-01 UTC as this machine believes it, for msg_ids.
using unix_time = std::chrono::nanoseconds;

class clock {
  public:
    virtual ~clock() = default;
    virtual time_point now() const = 0;
    virtual unix_time unix_now() const = 0;
};

/// The machine's clocks. Lives for the whole program; thread safe.
clock& system_clock();

}  // namespace mtproto
