// The bucket behind the floods: at each of them it was empty, and never before.
#include "schedule/request_log.hpp"

#include "base/seconds.hpp"

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
/// Bytes that an explanation may be wrong by: a part, as a bucket is not quite empty when it has too few for
/// one, and what goes out in some milliseconds, as it is not known when exactly the server was asked.
constexpr double a_part = 700'000;
constexpr double some_milliseconds = 0.005;
/// So many times that, and so much of its capacity more, and it explains nothing.
constexpr double too_often = 4;
constexpr double too_much = 0.15;
/// Of a step between two rates, to find the one between.
constexpr int halvings = 16;

double tolerance(double rate) {
    return a_part + rate * some_milliseconds;
}

}  // namespace

void request_log::add(time_point now, std::int64_t bytes) {
    const bool fresh = entries_.empty() || now - entries_.back().from >= width_ ||
                       (!floods_.empty() && floods_.back() >= entries_.back().from);
    if (fresh) entries_.push_back({now, now, 0});
    entries_.back().to = now;
    entries_.back().bytes += bytes;
    if (entries_.size() > most_entries) forget();
}

void request_log::take_back(time_point asked_at, std::int64_t bytes) noexcept {
    const auto later = std::upper_bound(entries_.begin(), entries_.end(), asked_at,
                                        [](time_point at, const entry& one) { return at < one.from; });
    if (later != entries_.begin()) std::prev(later)->bytes -= bytes;
}

void request_log::answered(time_point asked_at, time_point now) noexcept {
    if (!first_answer_) first_answer_ = now;
    least_took_ = std::min(least_took_, now - asked_at);
    last_granted_ = std::max(last_granted_, asked_at);
}

void request_log::flood(time_point at) {
    // What is asked for over a connection that is not up yet comes late, but nothing comes early.
    if (floods_.empty() ? first_answer_.has_value() : last_granted_ > floods_.back()) at = last_granted_;
    // Nothing came to the server before there was a connection.
    if (first_answer_) {
        const time_point up = *first_answer_ - least_took_;
        at = std::max(at, up);
        for (time_point& before : floods_)
            before = std::max(before, up);
        for (entry& one : entries_) {
            if (one.from >= up) break;
            one.from = up;
            one.to = std::max(one.to, up);
        }
    }
    for (auto one = entries_.rbegin(); one != entries_.rend() && one->to > at; ++one) {
        one->from = std::min(one->from, at);
        one->to = at;
    }
    floods_.push_back(at);
    if (floods_.size() > most_floods) floods_.erase(floods_.begin());
}

void request_log::begin_anew() noexcept {
    entries_.clear();
    floods_.clear();
    width_ = finest;
}

double request_log::rate_before(time_point until, duration span) const noexcept {
    const time_point since = until - span;
    double bytes = 0;
    time_point first = until;
    for (auto one = entries_.rbegin(); one != entries_.rend() && one->to >= since; ++one) {
        if (one->from > until) continue;
        first = std::max(one->from, since);
        const double within = seconds(std::min(one->to, until) - first);
        const double all = seconds(one->to - one->from);
        bytes += static_cast<double>(one->bytes) * (all > 0 ? within / all : 1);
    }
    return bytes / std::max(seconds(until - first), seconds(span) / 2);
}

/// How badly a bucket of that rate explains the floods, in bytes: what was missing from the bucket must have
/// been the same at each flood, and never more in between.
request_log::explanation request_log::try_rate(double rate) const noexcept {
    fit how;
    double missing = 0;
    double over = 0;
    time_point before = entries_.front().from;
    auto flood = floods_.begin();
    const auto pass = [&](time_point until, std::int64_t bytes) {
        missing = std::max(missing + static_cast<double>(bytes) - rate * seconds(until - before), 0.0);
        before = until;
    };
    const auto meet = [&](time_point at) {
        if (at > before) pass(at, 0);
        if (flood++ == floods_.begin()) how.capacity = missing;
        how.more_at_last = missing - how.capacity;
        how.error += std::abs(how.more_at_last);
        missing = how.capacity;
    };
    for (const entry& one : entries_) {
        while (flood != floods_.end() && *flood < one.to)
            meet(*flood);
        if (one.from > before) pass(one.from, 0);
        pass(std::max(one.to, before), one.bytes);
        if (flood != floods_.begin()) over = std::max(over, missing - how.capacity);
    }
    while (flood != floods_.end())
        meet(*flood);
    how.error += std::max(over - tolerance(rate) * too_often, 0.0);
    return {rate, how};
}

double request_log::rate_if_filled_in(duration time) const noexcept {
    double low = 1;
    double high = 1e12;  // more than any server's
    while (high > low * finer) {
        const double rate = std::sqrt(low * high);
        const double capacity = try_rate(rate).how.capacity;
        (capacity > rate * seconds(time) ? low : high) = rate;
    }
    return low;
}

std::optional<request_log::bucket> request_log::explain() const {
    if (floods_.size() < 2 || entries_.empty()) return std::nullopt;
    double fastest = 0;
    for (const time_point flood : floods_)
        fastest = std::max(fastest, rate_before(flood, std::chrono::seconds(1)));
    std::vector<explanation> tried;
    double rate = fastest;
    while (rate > fastest * slowest) {
        const explanation next = try_rate(rate);
        if (!tried.empty() && (tried.back().how.more_at_last < 0) != (next.how.more_at_last < 0))
            tried.push_back(between(rate, tried.back().rate));
        tried.push_back(next);
        rate /= finer;
    }
    // A bucket that holds next to nothing explains any flood.
    const auto badness = [](const explanation& one) {
        return (one.how.error + tolerance(one.rate)) / std::max(one.how.capacity, 1.0);
    };
    const auto best = std::min_element(tried.begin(), tried.end(), [&](const auto& one, const auto& other) {
        return badness(one) < badness(other);
    });
    if (best == tried.end()) return std::nullopt;
    const double allowed = tolerance(best->rate);
    if (best->how.error > allowed * too_often + best->how.capacity * too_much) return std::nullopt;
    bucket found{best->rate, best->rate, best->how.capacity};
    for (auto lower = best; lower != tried.end(); ++lower)
        if (lower->how.error <= best->how.error + allowed) found.least = lower->rate;
    return found;
}

/// The rate, of these two, at which as much was missing at the last flood as at the first: after long times
/// even a little more makes much.
request_log::explanation request_log::between(double low, double high) const noexcept {
    explanation made = try_rate(low);
    for (int i = 0; i < halvings; ++i) {
        made = try_rate((low + high) / 2);
        (made.how.more_at_last > 0 ? low : high) = made.rate;
    }
    return made;
}

/// Neighbours become one.
void request_log::forget() {
    width_ *= 2;
    std::vector<entry> coarser;
    for (const entry& one : entries_) {
        const bool split = coarser.empty() || one.to - coarser.back().from >= width_ ||
                           std::any_of(floods_.begin(), floods_.end(), [&](time_point flood) {
                               return flood >= coarser.back().from && flood < one.to;
                           });
        if (split) {
            coarser.push_back(one);
        } else {
            coarser.back().to = one.to;
            coarser.back().bytes += one.bytes;
        }
    }
    entries_ = std::move(coarser);
}

}  // namespace mtproto::schedule
