// Bytes per second, smoothed.
#pragma once

#include <mtproto/clock.hpp>

#include <cstdint>
#include <optional>

namespace mtproto::download {

/// A mean in which what happened a few seconds ago weighs less and less. Pure: time is handed in.
class rate_meter {
  public:
    /// What lies so far back weighs 1/e.
    static constexpr double memory_seconds = 3;

    /// `count` bytes came between the last call and `now`. The first call starts the clock.
    void add(time_point now, std::int64_t count) noexcept;
    /// Bytes per second; 0 before there is something to tell.
    double rate() const noexcept;

  private:
    std::optional<time_point> last_;
    double bytes_ = 0;
    double seconds_ = 0;
};

}  // namespace mtproto::download
