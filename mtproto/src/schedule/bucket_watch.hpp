// Whether a server allows more by now than the bucket that explained its floods.
#pragma once

#include "schedule/bucket_fit.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>
#include <optional>

namespace mtproto::schedule {

/// Counts what the bucket would lack by now. When that is more than it could have held, its rate is too low:
/// then the pace that went well is believed, and each time twice as much more is tried.
class bucket_watch {
  public:
    /// `deficit`: bytes that it lacks at `now`.
    void begin(const fitted_bucket& bucket, double deficit, time_point now) noexcept;
    /// No bucket explains the floods.
    void end() noexcept { bucket_ = {}; }
    /// A request for `size` bytes goes out, at a pace of `rate` bytes a second. The rate to try next, when
    /// the bucket has just turned out to be too small.
    std::optional<double> add(time_point now, std::int64_t size, double rate) noexcept;

  private:
    fitted_bucket bucket_;  ///< its rate is 0 while there is none
    double deficit_ = 0;    ///< bytes, at `counted_at_`
    time_point counted_at_{};
    double step_ = 0;  ///< that is tried, relative to the rate
};

}  // namespace mtproto::schedule
