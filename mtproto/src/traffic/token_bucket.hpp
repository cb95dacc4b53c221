// A token bucket: so much a second, and so much saved up at most.
#pragma once

#include <mtproto/clock.hpp>

#include <cstdint>

namespace mtproto::traffic {

struct bucket_rules {
    std::int64_t rate = 0;   ///< tokens a second; 0: no limit
    std::int64_t burst = 0;  ///< tokens that a full bucket holds
};

/// Full at the beginning. Pure: the caller brings the time, which must not go back.
class token_bucket {
  public:
    explicit token_bucket(bucket_rules rules) noexcept : rules_(rules) {}

    /// Takes `count` tokens, or none when the bucket does not hold so many. What is more than the bucket can
    /// ever hold is given when it is full, and then missing.
    bool take(time_point now, std::int64_t count) noexcept;
    /// Whether take() would take them.
    bool holds(time_point now, std::int64_t count) const noexcept;
    /// From `now` on it fills at `rate`, at least 1; what it holds stays.
    void change_rate(time_point now, std::int64_t rate) noexcept;
    /// Tokens at `now`; less than 0 after one that was too large.
    std::int64_t level(time_point now) const noexcept;

  private:
    duration time_for(std::int64_t count) const noexcept;
    time_point full_without(time_point now, std::int64_t count) const noexcept;

    bucket_rules rules_;
    time_point full_at_{};  ///< the level is the burst less what has yet to come until then
};

}  // namespace mtproto::traffic
