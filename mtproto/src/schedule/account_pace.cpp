// Searching for what the server allows, settling on what explains its floods, and looking beyond.
#include "schedule/account_pace.hpp"

#include "base/seconds.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

namespace mtproto::schedule {
namespace {

/// So much may go out at once: requests need not be evenly spread in time.
constexpr duration burst = std::chrono::milliseconds(50);
/// The rate that led to a flood is that of the last second before it, or at the very beginning of less.
constexpr duration rate_span = std::chrono::seconds(1);
constexpr duration short_rate_span = std::chrono::milliseconds(250);
/// After the first flood: what a bucket would allow that holds what it gains in this time, no more than half
/// of what flooded and no less than a sixteenth.
constexpr duration small_bucket = std::chrono::seconds(1);
constexpr double halved = 0.5;
constexpr double least_after_first = 1.0 / 16;
/// Then so much more in each second, at half of what flooded: slow enough to tell how much the bucket holds.
constexpr double climb = 0.08;
/// Where no bucket explains the floods: less than what flooded, for the time being.
constexpr double below_flood = 0.95;
/// What came at once after a wait does not tell of less than this part of the pace that was kept.
constexpr double least_believed = 0.25;
/// Just under what the floods are explained by; from where it surely holds up to there it climbs slowly.
constexpr double below_bucket = 0.99;
constexpr double slow_climb = 0.003;
/// Of what the bucket should have gained during the wait, so much is used at once, and less by what goes out
/// in this time, as it is not known so exactly.
constexpr double saved_used = 0.9;
constexpr double saved_seconds = 0.1;
/// Then once in a while so much more: after this time with two floods, after four times that for each further
/// one.
constexpr double rise = 0.007;
constexpr double quiet_seconds = 240;
constexpr double rarer = 4;
constexpr double most_quiet_seconds = 1800;
/// Where so much more than the bucket's capacity, and so many bytes more, has not led to a flood, steps of
/// this size and more are tried, at this speed.
constexpr double surely_beyond = 1.25;
constexpr double surely_more = 4 << 20;
constexpr double first_step = 0.02;
constexpr double most_step = 0.5;
constexpr double climb_beyond = 0.03;
/// Slow enough for any server, and not nothing.
constexpr double least_rate = 64 * 1024;

}  // namespace

void account_pace::asked(time_point now, std::int64_t size) {
    if (flooded_) learn(now);
    log_.add(now, size);
    if (!resumed_) resumed_ = now;
    if (rate_ == 0) return;
    look_beyond(now, size);
    if (lead_ > 0) {
        lead_ -= static_cast<double>(size);
        return;
    }
    grow(size);
    const std::chrono::duration<double> takes(static_cast<double>(size) / rate_);
    next_ = std::max(next_, now - burst) + std::chrono::duration_cast<duration>(takes);
}

void account_pace::flooded(time_point asked_at) {
    flooded_ = asked_at;
    ++floods_;
}

/// All that was under way with what was refused is answered by now.
void account_pace::learn(time_point now) {
    const time_point at = *flooded_;
    const double flooded_at = rate_that_flooded(at);
    const bool told = rate_ == 0 || (resumed_ && at - *resumed_ >= rate_span);
    flooded_.reset();
    resumed_.reset();
    // Where nothing was granted, the flood is of something else, or of before.
    if (rate_ == 0 && flooded_at <= 0) return;
    const double was = std::max(flooded_at, least_rate);
    log_.flood(at);
    carried_ = 0;
    lead_ = 0;
    step_ = 0;
    missing_ = 0;
    missing_at_ = now;
    const auto found = log_.explain();
    if (found && (told || found->rate >= was * least_believed)) {
        settle(*found, seconds(now - at));
    } else {
        if (!found && log_.floods().size() > 1) log_.begin_anew();
        search(was, told);
    }
    rate_ = std::max(rate_, least_rate);
    ceiling_ = std::max(ceiling_, least_rate);
}

void account_pace::settle(const request_log::bucket& found, double waited) {
    believed_ = found;
    missing_ = std::max(found.capacity - found.least * waited, 0.0);
    ceiling_ = found.rate * below_bucket;
    rate_ = std::min(found.least, ceiling_);
    growth_ = slow_climb;
    steep_ = 0;
    const double saved = std::min(found.capacity, found.least * waited);
    lead_ = std::max(saved * saved_used - found.rate * saved_seconds, 0.0);
}

void account_pace::search(double was, bool told) {
    believed_ = {};
    ceiling_ = rate_ == 0 ? std::numeric_limits<double>::max() : was * below_flood;
    rate_ = was * (told ? halved : least_believed);
    if (log_.floods().size() == 1)
        rate_ = std::clamp(log_.rate_if_filled_in(small_bucket), was * least_after_first, rate_);
    growth_ = climb;
    steep_ = was * halved;
}

/// What was asked for since the last wait tells nothing when that has hardly ended: then it was the pace.
double account_pace::rate_that_flooded(time_point asked_at) const noexcept {
    if (rate_ == 0)
        return std::max(log_.rate_before(asked_at, rate_span), log_.rate_before(asked_at, short_rate_span));
    const duration since = resumed_ ? asked_at - *resumed_ : duration::zero();
    if (since < rate_span / 2) return rate_;
    return std::min(rate_, log_.rate_before(asked_at, std::min(since, rate_span)));
}

/// When more has gone out than the bucket could have held that explained the floods, the server allows more
/// by now: what goes well is believed, and each time twice as much more is tried.
void account_pace::look_beyond(time_point now, std::int64_t size) noexcept {
    if (believed_.rate == 0) return;
    missing_ =
        std::max(missing_ - believed_.rate * seconds(now - missing_at_), 0.0) + static_cast<double>(size);
    missing_at_ = now;
    if (missing_ < believed_.capacity * surely_beyond + surely_more) return;
    missing_ = 0;
    believed_.rate = std::max(rate_, believed_.rate);
    step_ = std::clamp(step_ * 2, first_step, most_step);
    ceiling_ = believed_.rate * (1 + step_);
    growth_ = climb_beyond;
    carried_ = 0;
}

/// By what was carried, not by time: an account that asks for little learns nothing.
void account_pace::grow(std::int64_t size) {
    const double time = static_cast<double>(size) / rate_;
    if (growth_ > 0) {
        // Far below what flooded it climbs faster.
        const double faster = steep_ > 0 ? std::sqrt(steep_ / rate_) : 1;
        rate_ = std::min(rate_ * std::exp(growth_ * faster * time), ceiling_);
        if (rate_ == ceiling_) growth_ = 0;
        return;
    }
    carried_ += time;
    const int known = std::max<int>(static_cast<int>(log_.floods().size()), 1);
    const double quiet = std::min(quiet_seconds * std::pow(rarer, known - 2), most_quiet_seconds);
    if (carried_ < quiet) return;
    carried_ = 0;
    rate_ *= 1 + rise;
}

}  // namespace mtproto::schedule
