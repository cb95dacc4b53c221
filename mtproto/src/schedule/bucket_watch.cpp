// The deficit of the believed bucket, and the steps beyond it.
#include "schedule/bucket_watch.hpp"

#include "base/seconds.hpp"

#include <algorithm>

namespace mtproto::schedule {
namespace {

/// A deficit beyond this many capacities, and this many bytes more, is no error of the fit.
constexpr double surely_beyond = 1.25;
constexpr double surely_more = 4 << 20;
constexpr double first_step = 0.02;
constexpr double most_step = 0.5;

}  // namespace

void bucket_watch::begin(const fitted_bucket& bucket, double deficit, time_point now) noexcept {
    bucket_ = bucket;
    deficit_ = deficit;
    counted_at_ = now;
    step_ = 0;
}

std::optional<double> bucket_watch::add(time_point now, std::int64_t size, double rate) noexcept {
    if (bucket_.rate == 0) return std::nullopt;
    const double gained = bucket_.rate * seconds(now - counted_at_);
    deficit_ = std::max(deficit_ - gained, 0.0) + static_cast<double>(size);
    counted_at_ = now;
    if (deficit_ < bucket_.capacity * surely_beyond + surely_more) return std::nullopt;
    deficit_ = 0;
    bucket_.rate = std::max(rate, bucket_.rate);
    step_ = std::clamp(step_ * 2, first_step, most_step);
    return bucket_.rate * (1 + step_);
}

}  // namespace mtproto::schedule
