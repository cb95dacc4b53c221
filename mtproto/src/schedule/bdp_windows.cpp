// Sizes of windows and parts from what the connections have shown.
#include "schedule/bdp_windows.hpp"

#include "schedule/part.hpp"

#include <algorithm>
#include <numeric>

namespace mtproto::schedule {
namespace {

constexpr std::int32_t least_part = 128 * 1024;
/// A larger one saves no more, and takes room in the byte budget until its last byte is here.
constexpr std::int32_t most_part = 512 * 1024;
/// Where windows are at their largest, room is short: it must not be taken by parts of which most is still to
/// come.
constexpr std::int32_t most_part_in_largest_window = 256 * 1024;
/// A part is about what a connection carries in this time: few requests, yet many parts in a window, and
/// little behind one that is slow.
constexpr double part_seconds = 0.05;
/// One being sent, the next one's request on its way.
constexpr std::int64_t least_parts = 2;

/// Each part that was hedged in vain makes patience longer, each other one shorter: in balance, one in some
/// 200 is hedged in vain.
constexpr double false_alarm = 1.15;
constexpr double no_false_alarm = 0.997;
constexpr double most_patience = 10;

}  // namespace

void bdp_windows::on_part(const window::part_report& report, time_point now) {
    if (report.connection < 0 || report.connection >= most_connections) return;
    if (rtt_.count() == 0 || report.took < rtt_) rtt_ = report.took;
    estimates_[static_cast<std::size_t>(report.connection)].on_part(report, rtt_, now);

    if (report.hedged && !report.from_hedge)
        patience_ = std::min(patience_ * false_alarm, most_patience);
    else
        patience_ = std::max(patience_ * no_false_alarm, 1.0);

    double fastest = 0;
    std::int32_t largest = most_part;
    for (const connection_estimate& one : estimates_) {
        fastest = std::max(fastest, one.rate());
        if (one.window_is_largest(rtt_)) largest = most_part_in_largest_window;
    }
    part_size_ =
        std::clamp(allowed_part_size(static_cast<std::int64_t>(fastest * part_seconds)), least_part, largest);
}

void bdp_windows::on_connection_lost(int connection) {
    if (connection >= 0 && connection < most_connections)
        estimates_[static_cast<std::size_t>(connection)] = {};
}

int bdp_windows::in_flight(int connection) const {
    // A new connection is taken for one like the others.
    const connection_estimate& own = at(connection);
    const std::int64_t bytes = own.rate() > 0 ? own.window(rtt_) : usual_window();
    return static_cast<int>(std::max((bytes + part_size_ - 1) / part_size_, least_parts));
}

std::int64_t bdp_windows::usual_window() const {
    std::int64_t sum = 0;
    std::int64_t known = 0;
    for (const connection_estimate& one : estimates_)
        if (one.rate() > 0) {
            sum += one.window(rtt_);
            ++known;
        }
    return known > 0 ? sum / known : connection_estimate{}.window(rtt_);
}

std::optional<duration> bdp_windows::late_after(const window::pending_part& what) const {
    if (const std::optional<duration> own = at(what.connection).late_after(what, rtt_, patience_)) return own;
    // A new connection is like the slowest of the others.
    std::optional<duration> slowest;
    for (const connection_estimate& one : estimates_)
        if (const std::optional<duration> late = one.late_after(what, rtt_, patience_))
            slowest = std::max(slowest.value_or(*late), *late);
    return slowest;
}

double bdp_windows::recent_rate() const {
    return std::accumulate(
        estimates_.begin(), estimates_.end(), 0.0,
        [](double sum, const connection_estimate& one) { return sum + one.recent_rate(); });
}

int bdp_windows::carrying() const {
    return static_cast<int>(
        std::count_if(estimates_.begin(), estimates_.end(),
                      [](const connection_estimate& one) { return one.recent_rate() > 0; }));
}

}  // namespace mtproto::schedule
