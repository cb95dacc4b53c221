// Requests are put together into short entries, which become longer as their number grows.
#include "schedule/request_log.hpp"

#include "base/seconds.hpp"

#include <algorithm>
#include <utility>
#include <vector>

namespace mtproto::schedule {
namespace {

using entry = grant_history::entry;

constexpr std::size_t most_entries = 4096;
/// The last floods say what the server allows now.
constexpr std::size_t most_floods = 4;

}  // namespace

void request_log::add(time_point now, std::int64_t bytes) {
    std::vector<entry>& entries = history_.entries;
    const std::vector<time_point>& floods = history_.floods;
    const bool fresh = entries.empty() || now - entries.back().begin >= width_ ||
                       (!floods.empty() && floods.back() >= entries.back().begin);
    if (fresh) entries.push_back({now, now, 0});
    entries.back().end = now;
    entries.back().bytes += bytes;
    if (entries.size() > most_entries) coarsen();
}

void request_log::take_back(time_point asked_at, std::int64_t bytes) noexcept {
    std::vector<entry>& entries = history_.entries;
    const auto later = std::upper_bound(entries.begin(), entries.end(), asked_at,
                                        [](time_point at, const entry& one) { return at < one.begin; });
    if (later != entries.begin()) std::prev(later)->bytes -= bytes;
}

void request_log::answered(time_point asked_at, time_point now) noexcept {
    if (!first_answer_) first_answer_ = now;
    shortest_answer_ = std::min(shortest_answer_, now - asked_at);
    last_granted_ = std::max(last_granted_, asked_at);
}

void request_log::flood(time_point at) {
    std::vector<time_point>& floods = history_.floods;
    std::vector<entry>& entries = history_.entries;
    // A request over a connection that is not up yet comes late, but nothing comes early.
    if (floods.empty() ? first_answer_.has_value() : last_granted_ > floods.back()) at = last_granted_;
    if (first_answer_) {
        const time_point up = *first_answer_ - shortest_answer_;
        at = std::max(at, up);
        connected_at(up);
    }
    for (auto one = entries.rbegin(); one != entries.rend() && one->end > at; ++one) {
        one->begin = std::min(one->begin, at);
        one->end = at;
    }
    floods.push_back(at);
    if (floods.size() > most_floods) floods.erase(floods.begin());
}

/// Nothing came to the server before there was a connection.
void request_log::connected_at(time_point up) noexcept {
    for (time_point& flood : history_.floods)
        flood = std::max(flood, up);
    for (entry& one : history_.entries) {
        if (one.begin >= up) break;
        one.begin = up;
        one.end = std::max(one.end, up);
    }
}

void request_log::begin_anew() noexcept {
    history_.entries.clear();
    history_.floods.clear();
    width_ = least_width;
}

double request_log::rate_before(time_point until, duration span) const noexcept {
    const time_point since = until - span;
    double bytes = 0;
    time_point first = until;
    const std::vector<entry>& entries = history_.entries;
    for (auto one = entries.rbegin(); one != entries.rend() && one->end >= since; ++one) {
        if (one->begin > until) continue;
        first = std::max(one->begin, since);
        const double within = seconds(std::min(one->end, until) - first);
        const double all = seconds(one->end - one->begin);
        bytes += static_cast<double>(one->bytes) * (all > 0 ? within / all : 1);
    }
    return bytes / std::max(seconds(until - first), seconds(span) / 2);
}

std::optional<fitted_bucket> request_log::explain() const {
    double fastest = 0;
    for (const time_point flood : history_.floods)
        fastest = std::max(fastest, rate_before(flood, std::chrono::seconds(1)));
    return fit_bucket(history_, fastest);
}

double request_log::rate_if_filled_in(duration time) const noexcept {
    return schedule::rate_if_filled_in(time, history_);
}

/// Neighbours become one.
void request_log::coarsen() {
    width_ *= 2;
    std::vector<entry> coarser;
    for (const entry& one : history_.entries) {
        const bool split = coarser.empty() || one.end - coarser.back().begin >= width_ ||
                           std::any_of(history_.floods.begin(), history_.floods.end(), [&](time_point flood) {
                               return flood >= coarser.back().begin && flood < one.end;
                           });
        if (split) {
            coarser.push_back(one);
        } else {
            coarser.back().end = one.end;
            coarser.back().bytes += one.bytes;
        }
    }
    history_.entries = std::move(coarser);
}

}  // namespace mtproto::schedule
