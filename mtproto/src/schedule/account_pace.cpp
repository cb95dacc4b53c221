// Searching for the rate that the server allows, settling on a bucket that explains its floods, and growing.
#include "schedule/account_pace.hpp"

#include "base/seconds.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

namespace mtproto::schedule {
namespace {

/// So much may go out at once: requests need not be evenly spread in time.
constexpr duration burst = std::chrono::milliseconds(50);
/// The rate that led to a flood is that of the last second before it, or at the very beginning of less.
constexpr duration rate_span = std::chrono::seconds(1);
constexpr duration short_rate_span = std::chrono::milliseconds(250);
/// Slow enough for any server, and not nothing.
constexpr double least_rate = 64 * 1024;

// Searching.

/// After the first flood: the rate of a bucket that gains its capacity in this time, no more than half of the
/// rate that flooded and no less than a sixteenth.
constexpr duration small_bucket = std::chrono::seconds(1);
constexpr double halved = 0.5;
constexpr double least_after_first = 1.0 / 16;
/// A flood right after a wait may lower the pace to no less than a quarter.
constexpr double least_believed = 0.25;
/// Then so much more in each second, at half of that rate: slow enough to tell how much the bucket holds.
constexpr double climb = 0.08;
/// Where no bucket explains the floods: less than the rate that flooded, for the time being.
constexpr double below_flood = 0.95;

// Settling.

/// Just under the fitted rate. From the lowest rate that fits up to there it climbs slowly.
constexpr double below_bucket = 0.99;
constexpr double slow_climb = 0.003;
/// Of the bytes that the bucket should have gained in the wait, this part is used at once, less the bytes
/// that go out in this time: it is not known so exactly.
constexpr double saved_used = 0.9;
constexpr double saved_seconds = 0.1;

// Growing.

/// Once in a while so much more: after this time with two floods, after four times that for each further one.
constexpr double rise = 0.007;
constexpr double quiet_seconds = 240;
constexpr double rarer = 4;
constexpr double most_quiet_seconds = 1800;
/// Towards the rate that is tried beyond a bucket that turned out to be too small.
constexpr double climb_beyond = 0.03;

}  // namespace

void account_pace::asked(time_point now, std::int64_t size) {
    if (const auto at = std::exchange(flooded_, std::nullopt)) learn(now, *at);
    log_.add(now, size);
    if (!resumed_) resumed_ = now;
    if (rate_ == 0) return;
    if (const std::optional<double> more = watch_.add(now, size, rate_)) {
        ceiling_ = *more;
        growth_ = climb_beyond;
        seconds_since_rise_ = 0;
    }
    if (credit_bytes_ > 0) {
        credit_bytes_ -= static_cast<double>(size);
        return;
    }
    grow(size);
    const std::chrono::duration<double> takes(static_cast<double>(size) / rate_);
    next_ = std::max(next_, now - burst) + std::chrono::duration_cast<duration>(takes);
}

/// Everything that was under way with the refused request is answered by now.
void account_pace::learn(time_point now, time_point flooded_at) {
    const double measured = rate_that_flooded(flooded_at);
    const bool conclusive = rate_ == 0 || (resumed_ && flooded_at - *resumed_ >= rate_span);
    resumed_.reset();
    // Where nothing was granted, the flood is of something else, or of before.
    if (rate_ == 0 && measured <= 0) return;
    const double flooded_rate = std::max(measured, least_rate);
    log_.flood(flooded_at);
    seconds_since_rise_ = 0;
    credit_bytes_ = 0;
    const auto found = log_.explain();
    if (found && (conclusive || found->rate >= flooded_rate * least_believed)) {
        settle(*found, now, seconds(now - flooded_at));
    } else {
        if (!found && log_.floods() > 1) log_.begin_anew();
        search(flooded_rate, conclusive);
    }
    rate_ = std::max(rate_, least_rate);
    ceiling_ = std::max(ceiling_, least_rate);
}

void account_pace::settle(const fitted_bucket& found, time_point now, double waited) {
    const double gained = found.lowest_rate * waited;
    watch_.begin(found, std::max(found.capacity - gained, 0.0), now);
    ceiling_ = found.rate * below_bucket;
    rate_ = std::min(found.lowest_rate, ceiling_);
    growth_ = slow_climb;
    climb_reference_ = 0;
    const double saved = std::min(found.capacity, gained);
    credit_bytes_ = std::max(saved * saved_used - found.rate * saved_seconds, 0.0);
}

void account_pace::search(double flooded_rate, bool conclusive) {
    watch_.end();
    ceiling_ = rate_ == 0 ? std::numeric_limits<double>::max() : flooded_rate * below_flood;
    rate_ = flooded_rate * (conclusive ? halved : least_believed);
    if (log_.floods() == 1)
        rate_ = std::clamp(log_.rate_if_filled_in(small_bucket), flooded_rate * least_after_first, rate_);
    growth_ = climb;
    climb_reference_ = flooded_rate * halved;
}

/// Requests since the last wait tell nothing when that has hardly ended: then it was the pace.
double account_pace::rate_that_flooded(time_point flooded_at) const noexcept {
    if (rate_ == 0)
        return std::max(log_.rate_before(flooded_at, rate_span),
                        log_.rate_before(flooded_at, short_rate_span));
    const duration since = resumed_ ? flooded_at - *resumed_ : duration::zero();
    if (since < rate_span / 2) return rate_;
    return std::min(rate_, log_.rate_before(flooded_at, std::min(since, rate_span)));
}

/// By the bytes carried, not by time: an account that asks for little learns nothing.
void account_pace::grow(std::int64_t size) {
    const double time = static_cast<double>(size) / rate_;
    if (growth_ > 0) {
        // Far below what flooded it climbs faster.
        const double faster = climb_reference_ > 0 ? std::sqrt(climb_reference_ / rate_) : 1;
        rate_ = std::min(rate_ * std::exp(growth_ * faster * time), ceiling_);
        if (rate_ == ceiling_) growth_ = 0;
        return;
    }
    seconds_since_rise_ += time;
    const int floods = std::max(static_cast<int>(log_.floods()), 1);
    const double quiet = std::min(quiet_seconds * std::pow(rarer, floods - 2), most_quiet_seconds);
    if (seconds_since_rise_ < quiet) return;
    seconds_since_rise_ = 0;
    rate_ *= 1 + rise;
}

}  // namespace mtproto::schedule
