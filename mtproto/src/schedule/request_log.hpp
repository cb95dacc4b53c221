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
    /// What was asked for at `at` was the first to be refused, as is known now.
    void flood(time_point at);

    const std::vector<time_point>& floods() const noexcept { return floods_; }
    /// Bytes a second over the last `span` before `until`.
    double rate_before(time_point until, duration span) const noexcept;

    struct bucket {
        double rate = 0;         ///< bytes a second
        double surely_more = 0;  ///< a lower one that would explain the floods nearly as well
        double capacity = 0;     ///< bytes, at the lower rate
    };
    /// The token bucket that explains the floods best; nothing before there are two.
    std::optional<bucket> explain() const;

  private:
    struct entry {
        time_point at{};  ///< the first of its bytes
        std::int64_t bytes = 0;
    };

    struct fit {
        double error = 0;
        double capacity = 0;
    };
    fit fit_of(double rate) const noexcept;
    void forget();

    std::vector<entry> entries_;
    std::vector<time_point> floods_;
    duration width_ = std::chrono::milliseconds(10);  ///< of an entry
};

}  // namespace mtproto::schedule
