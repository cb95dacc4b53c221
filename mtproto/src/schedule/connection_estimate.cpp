// Rates as BBR estimates them, times as TCP's retransmission timer does.
#include "schedule/connection_estimate.hpp"

#include "base/seconds.hpp"

#include <algorithm>

namespace mtproto::schedule {
namespace {

constexpr double least_window = 1 << 20;
constexpr double most_window = 4 << 20;
/// Enough for the next request to reach the server before the last part has left it, with some jitter.
constexpr double gain = 1.5;
/// Enough to double the rate in each round trip.
constexpr double growing_gain = 2.5;
/// A rate that grew by less is flat; after so many flat rounds it is what the connection can do.
constexpr double growth = 1.2;
constexpr int flat_rounds_at_the_top = 2;
/// A best rate is forgotten after one to two of these.
constexpr duration span = std::chrono::seconds(5);
/// Times of parts to know before one is called late.
constexpr int times_to_know = 4;
constexpr double deviations = 4;
/// Of a connection's best rate, what can be counted on.
constexpr double surely = 0.9;
/// A part is not late before another one could have come before it, or this time has passed, however regular
/// they came so far.
constexpr double least_excess_seconds = 0.03;

duration from_seconds(double time) {
    return std::chrono::duration_cast<duration>(std::chrono::duration<double>(time));
}

}  // namespace

void connection_estimate::on_part(const window::part_report& report, duration rtt, time_point now) {
    const double took = std::max(seconds(report.took), 1e-6);
    on_rate(static_cast<double>(report.delivered) / took, report.held_back, report.took, now);
    on_time(report, rtt);
}

void connection_estimate::on_rate(double rate, bool held_back, duration took, time_point now) {
    // Held back, it says only what the connection can do at least.
    if (!held_back || rate > recent_) recent_ = recent_ == 0 ? rate : recent_ + (rate - recent_) / 4;
    if (now - span_began_ > span) {
        // While nothing is known but rates of a connection that was held back, the old best holds.
        if (!held_back || lately_ > 0) earlier_ = lately_;
        lately_ = 0;
        span_began_ = now;
    }
    if (!held_back || rate > best_) lately_ = std::max(lately_, rate);
    best_ = std::max(lately_, earlier_);

    if (!growing_ || held_back) return;
    if (rate > plateau_ * growth) {
        plateau_ = rate;
        flat_rounds_ = 0;
        round_ends_ = now + took;
    } else if (now >= round_ends_) {
        round_ends_ = now + took;
        growing_ = ++flat_rounds_ < flat_rounds_at_the_top;
    }
}

/// Seconds that a part ought to take: the path's round trip and its own time on the line, or the time of all
/// that is under way before it, if that is longer.
double connection_estimate::due(const window::pending_part& what, duration rtt) const noexcept {
    // The best one is a little too good, as parts come in bursts; what came lately suffers from every pause.
    const double rate = std::max(recent_, best_ * surely);
    return std::max(seconds(rtt) + what.size / rate, static_cast<double>(what.bytes_in_flight) / rate);
}

void connection_estimate::on_time(const window::part_report& report, duration rtt) {
    // An outlier counts as no more than late: a few of them must not make the next ones seem usual.
    double took = seconds(report.took);
    if (const std::optional<duration> late = late_after(report, rtt)) took = std::min(took, seconds(*late));
    const double excess = took - due(report, rtt);
    if (++times_ == 1) {
        excess_ = excess;
        deviation_ = took / 8;
        return;
    }
    deviation_ += (std::abs(excess - excess_) - deviation_) / 8;
    excess_ += (excess - excess_) / 8;
}

std::int64_t connection_estimate::window(duration rtt) const noexcept {
    const double product = best_ * seconds(rtt) * (growing_ ? growing_gain : gain);
    const double least = growing_ ? least_window : std::min(least_window, best_);
    return static_cast<std::int64_t>(std::clamp(product, least, most_window));
}

bool connection_estimate::window_is_largest(duration rtt) const noexcept {
    return best_ * seconds(rtt) * gain >= most_window;
}

std::optional<duration> connection_estimate::late_after(const window::pending_part& what, duration rtt,
                                                        double patience) const noexcept {
    if (times_ < times_to_know || recent_ <= 0) return std::nullopt;
    const double usual = due(what, rtt) + excess_;
    const double more = std::max({deviations * deviation_, what.size / best_, least_excess_seconds});
    return from_seconds(usual + more * patience);
}

}  // namespace mtproto::schedule
