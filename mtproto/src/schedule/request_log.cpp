// The bucket behind the floods: at each of them it was empty, and never before.
#include "schedule/request_log.hpp"

#include <algorithm>
#include <cmath>

namespace mtproto::schedule {
namespace {

constexpr std::size_t most_entries = 4096;
/// The last floods say what the server allows now.
constexpr std::size_t most_floods = 4;
/// How finely rates are tried, and from where: down to this part of the fastest that was asked for.
constexpr double finer = 1.01;
constexpr double slowest = 1.0 / 64;
/// What two explanations may differ by before one is better: some parts, as it is not known when exactly the
/// server was asked for each.
constexpr double tolerance = 3 << 20;

double seconds(duration time) {
    return std::chrono::duration<double>(time).count();
}

}  // namespace

void request_log::add(time_point now, std::int64_t bytes) {
    const bool fresh = entries_.empty() || now - entries_.back().at >= width_ ||
                       (!floods_.empty() && floods_.back() >= entries_.back().at);
    if (fresh)
        entries_.push_back({now, bytes});
    else
        entries_.back().bytes += bytes;
    if (entries_.size() > most_entries) forget();
}

void request_log::take_back(time_point asked_at, std::int64_t bytes) noexcept {
    const auto later = std::upper_bound(entries_.begin(), entries_.end(), asked_at,
                                        [](time_point at, const entry& one) { return at < one.at; });
    if (later != entries_.begin()) std::prev(later)->bytes -= bytes;
}

void request_log::flood(time_point at) {
    // What was asked for later, over other connections, and granted all the same came to the server before.
    for (auto one = entries_.rbegin(); one != entries_.rend() && one->at > at; ++one)
        one->at = at;
    floods_.push_back(at);
    if (floods_.size() > most_floods) floods_.erase(floods_.begin());
}

double request_log::rate_before(time_point until, duration span) const noexcept {
    std::int64_t bytes = 0;
    time_point first = until;
    for (auto one = entries_.rbegin(); one != entries_.rend(); ++one) {
        if (one->at > until) continue;
        if (one->at < until - span) break;
        bytes += one->bytes;
        first = one->at;
    }
    return static_cast<double>(bytes) / std::max(seconds(until - first), seconds(span) / 2);
}

/// How badly a bucket of that rate explains the floods, in bytes: what was missing from the bucket must have
/// been the same at each flood, and never more in between.
request_log::fit request_log::fit_of(double rate) const noexcept {
    double missing = 0;
    double capacity = -1;
    double error = 0;
    double over = 0;
    time_point before = entries_.front().at;
    auto flood = floods_.begin();
    const auto reach = [&](time_point at) {
        missing = std::max(missing - rate * seconds(at - before), 0.0);
        before = at;
    };
    for (const entry& one : entries_) {
        for (; flood != floods_.end() && *flood < one.at; ++flood) {
            reach(std::max(*flood, before));
            if (capacity < 0)
                capacity = missing;
            else
                error += std::abs(missing - capacity);
            missing = capacity;
        }
        reach(one.at);
        missing += static_cast<double>(one.bytes);
        if (capacity >= 0) over = std::max(over, missing - capacity);
    }
    for (; flood != floods_.end(); ++flood) {
        reach(std::max(*flood, before));
        if (capacity >= 0) error += std::abs(missing - capacity);
        missing = std::max(capacity, 0.0);
    }
    return {error + std::max(over - tolerance, 0.0), std::max(capacity, 0.0)};
}

std::optional<request_log::bucket> request_log::explain() const {
    if (floods_.size() < 2 || entries_.empty()) return std::nullopt;
    const double fastest = rate_before(floods_.back(), std::chrono::seconds(1)) * 1.1;
    if (fastest <= 0) return std::nullopt;
    std::vector<std::pair<double, fit>> tried;
    for (double rate = fastest; rate > fastest * slowest; rate /= finer)
        tried.emplace_back(rate, fit_of(rate));
    const auto best = std::min_element(tried.begin(), tried.end(), [](const auto& one, const auto& other) {
        return one.second.error < other.second.error;
    });
    bucket found{best->first, best->first, best->second.capacity};
    for (const auto& [rate, how] : tried)
        if (how.error <= best->second.error + tolerance) {
            found.surely_more = rate;
            found.capacity = how.capacity;
        }
    return found;
}

/// Neighbours become one.
void request_log::forget() {
    width_ *= 2;
    std::vector<entry> coarser;
    for (const entry& one : entries_) {
        const bool split = coarser.empty() || one.at - coarser.back().at >= width_ ||
                           std::any_of(floods_.begin(), floods_.end(), [&](time_point flood) {
                               return flood >= coarser.back().at && flood < one.at;
                           });
        if (split)
            coarser.push_back(one);
        else
            coarser.back().bytes += one.bytes;
    }
    entries_ = std::move(coarser);
}

}  // namespace mtproto::schedule
