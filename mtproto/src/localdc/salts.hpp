// Server salts: which one is current, which are still taken, which come next (protocol 5.9).
#pragma once

#include <mtproto/clock.hpp>

#include <cstdint>
#include <vector>

namespace mtproto::localdc {

struct timed_salt {
    std::int64_t salt = 0;
    std::int32_t valid_since = 0;  ///< seconds since 1970
    std::int32_t valid_until = 0;
};

/// The salts of one authorization key. A new one begins every 30 minutes; the one before it lives 1800 s
/// more. All follow from the first and a secret, so nothing has to be kept.
class salt_schedule {
  public:
    salt_schedule(std::int64_t first, std::int64_t secret, unix_time born) noexcept
        : first_(first), secret_(secret), born_(born) {}

    std::int64_t current(unix_time now) const { return at(period(now)).salt; }
    /// Whether a client may use it now.
    bool accepts(std::int64_t salt, unix_time now) const;
    /// The current one and those after it.
    std::vector<timed_salt> upcoming(unix_time now, int count) const;

  private:
    std::int64_t period(unix_time now) const noexcept;
    timed_salt at(std::int64_t period) const;

    std::int64_t first_;
    std::int64_t secret_;
    unix_time born_;
};

}  // namespace mtproto::localdc
