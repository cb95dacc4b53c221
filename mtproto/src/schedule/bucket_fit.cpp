// Rates are tried one after the other; the deficits at the floods tell how well each explains them.
#include "schedule/bucket_fit.hpp"

#include "base/seconds.hpp"

#include <algorithm>
#include <cmath>

namespace mtproto::schedule {
namespace {

/// Rates are tried in steps of this size, from the fastest down to this part of it.
constexpr double finer = 1.01;
constexpr double slowest = 1.0 / 64;
/// Bytes by which a good fit may be wrong. A bucket with too few bytes for a part is not quite empty; and
/// when exactly the server was asked is known to some milliseconds.
constexpr double part_tolerance = 700'000;
constexpr double time_tolerance = 0.005;
/// A fit whose error exceeds four tolerances and 15 % of the capacity is rejected.
constexpr double most_tolerances = 4;
constexpr double most_of_capacity = 0.15;
/// Of a step between two rates, to find the one between.
constexpr int halvings = 16;

double tolerance(double rate) {
    return part_tolerance + rate * time_tolerance;
}

/// A rate, and how it explains the floods, in bytes.
struct candidate {
    double rate = 0;
    double capacity = 0;  ///< the deficit at the first flood
    double drift = 0;     ///< how much greater the deficit was at the last flood
    double error = 0;

    /// Relative to the capacity: a bucket that holds next to nothing explains any flood.
    double badness() const { return (error + tolerance(rate)) / std::max(capacity, 1.0); }
};

/// Replays the history: the deficit must be the same at each flood, and never greater in between.
candidate assess(const grant_history& history, double rate) {
    candidate made;
    made.rate = rate;
    double deficit = 0;
    double excess = 0;
    time_point now = history.entries.front().begin;
    auto flood = history.floods.begin();
    const auto pass = [&](time_point until, std::int64_t bytes) {
        deficit = std::max(deficit + static_cast<double>(bytes) - rate * seconds(until - now), 0.0);
        now = until;
    };
    const auto meet = [&](time_point at) {
        if (at > now) pass(at, 0);
        if (flood++ == history.floods.begin()) made.capacity = deficit;
        made.drift = deficit - made.capacity;
        made.error += std::abs(made.drift);
        deficit = made.capacity;
    };
    for (const grant_history::entry& one : history.entries) {
        while (flood != history.floods.end() && *flood < one.end)
            meet(*flood);
        if (one.begin > now) pass(one.begin, 0);
        pass(std::max(one.end, now), one.bytes);
        if (flood != history.floods.begin()) excess = std::max(excess, deficit - made.capacity);
    }
    while (flood != history.floods.end())
        meet(*flood);
    made.error += std::max(excess - tolerance(rate) * most_tolerances, 0.0);
    return made;
}

/// The rate, of these two, without drift: after long times even a little more makes much.
candidate without_drift(const grant_history& history, double low, double high) {
    candidate made = assess(history, low);
    for (int i = 0; i < halvings; ++i) {
        made = assess(history, (low + high) / 2);
        (made.drift > 0 ? low : high) = made.rate;
    }
    return made;
}

/// From the fastest on; where the drift changes its sign, the rate between as well.
std::vector<candidate> all_candidates(const grant_history& history, double fastest) {
    std::vector<candidate> all;
    for (double rate = fastest; rate > fastest * slowest; rate /= finer) {
        const candidate next = assess(history, rate);
        if (!all.empty() && (all.back().drift < 0) != (next.drift < 0))
            all.push_back(without_drift(history, rate, all.back().rate));
        all.push_back(next);
    }
    return all;
}

}  // namespace

std::optional<fitted_bucket> fit_bucket(const grant_history& history, double fastest) {
    if (history.floods.size() < 2 || history.entries.empty()) return std::nullopt;
    const std::vector<candidate> all = all_candidates(history, fastest);
    const auto best = std::min_element(
        all.begin(), all.end(),
        [](const candidate& one, const candidate& other) { return one.badness() < other.badness(); });
    if (best == all.end()) return std::nullopt;
    const double allowed = tolerance(best->rate);
    if (best->error > allowed * most_tolerances + best->capacity * most_of_capacity) return std::nullopt;
    fitted_bucket found{best->rate, best->rate, best->capacity};
    for (auto lower = best; lower != all.end(); ++lower)
        if (lower->error <= best->error + allowed) found.lowest_rate = lower->rate;
    return found;
}

double rate_if_filled_in(duration time, const grant_history& history) noexcept {
    double low = 1;
    double high = 1e12;  // more than any server's
    while (high > low * finer) {
        const double rate = std::sqrt(low * high);
        (assess(history, rate).capacity > rate * seconds(time) ? low : high) = rate;
    }
    return low;
}

}  // namespace mtproto::schedule
