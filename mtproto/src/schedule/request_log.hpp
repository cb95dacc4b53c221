// What an account was asked for over time, and when its server had enough.
#pragma once

#include <mtproto/clock.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace mtproto::schedule {

/// Bounded in memory: what is long ago is remembered less exactly.
class request_log {
  public:
    void add(time_point now, std::int64_t bytes);
    /// What was asked for then was not granted.
    void take_back(time_point asked_at, std::int64_t bytes) noexcept;
    /// What was asked for then has come.
    void answered(time_point asked_at, time_point now) noexcept;
    /// Something was refused that was asked for at `at`, and whatever was under way with it is answered.
    void flood(time_point at);
    /// All before is void: the server's rule is another one by now.
    void begin_anew() noexcept;

    const std::vector<time_point>& floods() const noexcept { return floods_; }
    /// Bytes a second over the last `span` before `until`.
    double rate_before(time_point until, duration span) const noexcept;

    /// A token bucket.
    struct bucket {
        double rate = 0;      ///< bytes a second
        double least = 0;     ///< a lower rate that would explain the floods nearly as well
        double capacity = 0;  ///< bytes
    };
    /// The rate of the one that explains the first flood and would hold what it gains in `time`.
    double rate_if_filled_in(duration time) const noexcept;
    /// The one that explains the last floods; nothing before there are two, or where none does.
    std::optional<bucket> explain() const;

  private:
    /// Evenly spread over its time.
    struct entry {
        time_point from{};
        time_point to{};
        std::int64_t bytes = 0;
    };

    struct fit {
        double error = 0;
        double capacity = 0;
        double more_at_last = 0;  ///< missing at the last flood than at the first
    };

    struct explanation {
        double rate = 0;
        fit how;
    };
    explanation try_rate(double rate) const noexcept;
    explanation between(double low, double high) const noexcept;
    void forget();

    std::vector<entry> entries_;
    std::vector<time_point> floods_;
    static constexpr duration finest = std::chrono::milliseconds(10);
    duration width_ = finest;  ///< of an entry
    std::optional<time_point> first_answer_;
    time_point last_granted_{};  ///< when what was granted was asked for last
    duration least_took_ = duration::max();
};

}  // namespace mtproto::schedule
