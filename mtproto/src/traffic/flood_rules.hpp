// Rules by which a server grants an account's parts of files, or tells it to wait.
#pragma once

#include "traffic/token_bucket.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>
#include <optional>

namespace mtproto::traffic {

/// So many bytes in each stretch of time; the first begins with the account's first part.
struct window_rules {
    std::int64_t bytes = 0;  ///< 0: no limit
    duration length = std::chrono::seconds(10);
};

/// Another rate from a moment on, as at night.
struct rate_change {
    duration after{0};      ///< from the account's first part; 0: the rate stays
    std::int64_t rate = 0;  ///< bytes a second
};

/// A part that would exceed a limit is refused with FLOOD_PREMIUM_WAIT_X. So is every part of the account
/// before the wait is over, with the rest of it. X is drawn from the bounds; under a window it is the rest of
/// that. Buckets fill meanwhile.
struct flood_rules {
    bucket_rules bytes{};             ///< of the account: a part takes as many tokens as it has bytes
    rate_change change{};             ///< of `bytes`
    bucket_rules connection_bytes{};  ///< the same, of each connection
    bucket_rules requests{};          ///< of the account: a part takes one token
    window_rules window{};
    std::chrono::seconds shortest{3};
    std::chrono::seconds longest{15};

    bool any() const noexcept {
        return bytes.rate > 0 || connection_bytes.rate > 0 || requests.rate > 0 || window.bytes > 0;
    }
};

/// The limits of one account, as far as they are used up. Pure: the caller brings the time, which must not go
/// back.
class part_quota {
  public:
    explicit part_quota(const flood_rules& rules) noexcept;

    /// Takes a part of `size` bytes from every limit, or from none when one of them is exceeded.
    bool take(time_point now, std::int64_t size, token_bucket& of_connection) noexcept;
    /// Until the window ends that `now` lies in; nothing where there is no window.
    std::optional<duration> rest_of_window(time_point now) const noexcept;

  private:
    void follow_time(time_point now) noexcept;

    flood_rules rules_;
    token_bucket bytes_;
    token_bucket requests_;
    std::optional<time_point> began_;  ///< with the account's first part
    time_point window_began_{};
    std::int64_t window_used_ = 0;  ///< bytes
    bool rate_changed_ = false;
};

}  // namespace mtproto::traffic
