// Decode times that MP4 accepts: present, rising, not after presentation.
#pragma once

#include <cstdint>
#include <limits>

namespace mtproto::remux {

/// A time that a container does not state.
constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::min();

/// One stream's times in one unit. Leaves what is in order as it is; the rules for the rest are those of the
/// ffmpeg program when it copies streams.
class timestamp_keeper {
  public:
    /// `delay`: how far decoding runs ahead of presentation at the start (B-frames), in the stream's unit.
    explicit timestamp_keeper(std::int64_t delay) : next_(-delay) {}

    void fix(std::int64_t& pts, std::int64_t& dts, std::int64_t duration);

  private:
    std::int64_t next_;  ///< where the next packet would be decoded
    std::int64_t last_ = no_time;
};

}  // namespace mtproto::remux
