// Halving, climbing, settling.
#include "schedule/account_pace.hpp"

#include <algorithm>
#include <cmath>

namespace mtproto::schedule {
namespace {

/// So much may go out at once: requests need not be evenly spread in time.
constexpr duration burst = std::chrono::milliseconds(50);
/// The rate that led to a flood is that of the last second before it.
constexpr duration rate_span = std::chrono::seconds(1);
/// Less than what flooded, for the time being.
constexpr double below_flood = 0.95;
/// After the first flood: half, and then so much more in each second, to find out soon.
constexpr double halved = 0.5;
constexpr double climb = 0.08;
/// Just under what the floods are explained by.
constexpr double below_bucket = 0.98;
/// No explanation is believed that says less than this part of what flooded.
constexpr double least_believed = 0.25;
/// Below this part of the best explanation lies one that is as good: then it climbs, slowly.
constexpr double doubtful = 0.85;
constexpr double slow_climb = 0.01;
/// Of what the bucket should have gained during the wait, so much is used at once; not after a flood that the
/// explanation before had not foreseen.
constexpr double saved_used = 0.5;
/// Then once in a while so much more: after this time, and after four times that for each further flood.
constexpr double rise = 0.02;
constexpr double quiet_seconds = 120;
constexpr double rarer = 4;
constexpr double most_quiet_seconds = 1800;
/// Slow enough for any server, and not nothing.
constexpr double least_rate = 64 * 1024;

}  // namespace

void account_pace::asked(time_point now, std::int64_t size) {
    log_.add(now, size);
    if (!resumed_) resumed_ = now;
    if (rate_ == 0) return;
    if (lead_ > 0) {
        lead_ -= static_cast<double>(size);
        return;
    }
    grow(size);
    const std::chrono::duration<double> takes(static_cast<double>(size) / rate_);
    next_ = std::max(next_, now - burst) + std::chrono::duration_cast<duration>(takes);
}

void account_pace::flooded(time_point asked_at, duration wait) {
    const double flooded_at = rate_that_flooded(asked_at);
    log_.flood(asked_at);
    ++floods_;
    resumed_.reset();
    carried_ = 0;
    ceiling_ = std::max(flooded_at * below_flood, least_rate);
    rate_ = flooded_at * (floods_ == 1 ? halved : least_believed);
    growth_ = climb;
    const auto found = log_.explain();
    const bool believed = found && found->rate * below_bucket >= rate_;
    if (believed) {
        rate_ = std::max(found->surely_more * below_bucket, rate_);
        ceiling_ = std::min(ceiling_, std::max(found->rate * below_bucket, rate_));
        // Where much else would explain the floods, too, it is found out slowly.
        growth_ = found->surely_more < found->rate * doubtful ? slow_climb : 0;
    }
    rate_ = std::clamp(rate_, least_rate, ceiling_);
    lead_ = 0;
    if (believed && floods_ == 2)
        lead_ = saved_used * std::min(found->capacity, rate_ * std::chrono::duration<double>(wait).count());
}

/// What was asked for since the last wait tells nothing when that has hardly ended: then it was the pace.
double account_pace::rate_that_flooded(time_point asked_at) const noexcept {
    if (rate_ == 0) return log_.rate_before(asked_at, rate_span);
    const duration since = resumed_ ? asked_at - *resumed_ : duration::zero();
    if (since < rate_span / 2) return rate_;
    return std::min(rate_, log_.rate_before(asked_at, std::min(since, rate_span)));
}

/// By what was carried, not by time: an account that asks for little learns nothing.
void account_pace::grow(std::int64_t size) {
    const double time = static_cast<double>(size) / rate_;
    if (growth_ > 0) {
        rate_ = std::min(rate_ * std::exp(growth_ * time), ceiling_);
        if (rate_ == ceiling_) growth_ = 0;
        return;
    }
    carried_ += time;
    const double quiet =
        std::min(quiet_seconds * std::pow(rarer, std::max(floods_ - 2, 0)), most_quiet_seconds);
    if (carried_ < quiet) return;
    carried_ = 0;
    rate_ *= 1 + rise;
}

}  // namespace mtproto::schedule
