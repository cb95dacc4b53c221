// An account's requests over time, and the moments when its server had enough.
#pragma once

#include "schedule/bucket_fit.hpp"

#include <mtproto/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace mtproto::schedule {

/// Bounded in memory: the distant past is remembered less exactly.
class request_log {
  public:
    void add(time_point now, std::int64_t bytes);
    /// The request of `asked_at` was not granted.
    void take_back(time_point asked_at, std::int64_t bytes) noexcept;
    /// The answer to the request of `asked_at` has come.
    void answered(time_point asked_at, time_point now) noexcept;
    /// Something was refused that was asked for at `at`, and whatever was under way with it is answered.
    void flood(time_point at);
    /// All before is void: the server's rule is another one by now.
    void begin_anew() noexcept;

    /// Floods that are remembered: the last ones, since the log began anew.
    std::size_t floods() const noexcept { return history_.floods.size(); }
    /// Bytes a second over the last `span` before `until`.
    double rate_before(time_point until, duration span) const noexcept;
    /// The bucket that explains the floods; nothing before there are two, or where none does.
    std::optional<fitted_bucket> explain() const;
    /// The rate of the one that explains the first flood and gains its capacity in `time`.
    double rate_if_filled_in(duration time) const noexcept;

  private:
    void connected_at(time_point up) noexcept;
    void coarsen();

    grant_history history_;
    static constexpr duration least_width = std::chrono::milliseconds(10);
    duration width_ = least_width;  ///< of an entry
    std::optional<time_point> first_answer_;
    time_point last_granted_{};  ///< when a request went out last that was granted
    duration shortest_answer_ = duration::max();
};

}  // namespace mtproto::schedule
