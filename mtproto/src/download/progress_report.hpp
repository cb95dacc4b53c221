// The progress of a range, told to whoever shows it.
#pragma once

#include "download/covered_bytes.hpp"
#include "download/rate_meter.hpp"

#include <mtproto/clock.hpp>
#include <mtproto/progress.hpp>

#include <cstdint>
#include <optional>

namespace mtproto::download {

class progress_report {
  public:
    /// `total`: bytes of the range. Without a callback nothing is told.
    progress_report(progress_callback callback, std::int64_t total, time_point now);

    bool wanted() const noexcept { return callback_ != nullptr; }
    /// The reader got `[begin, end)`, and waits no more. `connections`: that are up. `last`: of the range.
    void delivered(time_point now, std::int64_t begin, std::int64_t end, int connections, bool last);
    /// The reader waits for this, or for nothing that is known.
    void waits(time_point now, std::optional<wait_info> wait, int connections);
    void flooded() noexcept { ++flood_waits_; }

    /// As told last.
    const std::optional<wait_info>& wait() const noexcept { return wait_; }

  private:
    void tell(time_point now, int connections, bool at_once);

    progress_callback callback_;
    std::int64_t total_;
    rate_meter meter_;
    covered_bytes delivered_;
    std::optional<wait_info> wait_;
    int flood_waits_ = 0;
    time_point told_at_;
};

}  // namespace mtproto::download
