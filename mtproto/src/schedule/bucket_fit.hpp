// The token bucket that explains an account's floods.
#pragma once

#include <mtproto/clock.hpp>

#include <cstdint>
#include <optional>
#include <vector>

namespace mtproto::schedule {

/// The bytes that a server granted an account, and the moments when it had enough.
struct grant_history {
    /// Bytes that went out evenly from `begin` to `end`.
    struct entry {
        time_point begin{};
        time_point end{};
        std::int64_t bytes = 0;
    };

    std::vector<entry> entries;      ///< in order; none reaches beyond a flood
    std::vector<time_point> floods;  ///< in order
};

struct fitted_bucket {
    double rate = 0;         ///< bytes a second
    double lowest_rate = 0;  ///< that would explain the floods nearly as well
    double capacity = 0;     ///< bytes
};

/// The bucket that was empty at each flood and never before (docs/design/pace.md). `fastest`: bytes a second;
/// no higher rate is tried. Nothing where there are fewer than two floods, or where no bucket explains them.
std::optional<fitted_bucket> fit_bucket(const grant_history& history, double fastest);

/// The rate of the bucket that explains the first flood and gains its capacity in `time`.
double rate_if_filled_in(duration time, const grant_history& history) noexcept;

}  // namespace mtproto::schedule
