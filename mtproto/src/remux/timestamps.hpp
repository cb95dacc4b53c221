// Decode times that MP4 accepts: rising, and not after presentation.
#pragma once

#include <cstdint>
#include <limits>

namespace mtproto::remuxing {

/// A time that a container does not state.
constexpr std::int64_t no_time = std::numeric_limits<std::int64_t>::min();

/// One stream's times in the unit in which they are written: what is in order in a finer unit may not be in a
/// coarser one. Leaves what is in order as it is; the rules for the rest are those of of_write_packet() of
/// ffmpeg 5.1's ffmpeg_mux.c.
class timestamp_keeper {
  public:
    void fix(std::int64_t& pts, std::int64_t& dts);

  private:
    std::int64_t last_ = no_time;
};

}  // namespace mtproto::remuxing
