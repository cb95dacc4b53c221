// Connections that die without a word, and downloads that stand still: the watchdog.
#include "schedule/scheduler.hpp"

#include <algorithm>

namespace mtproto::schedule {
namespace {

/// Parts may take long on a slow line; silence is longer than this many of their times.
constexpr int times_usual = 3;
/// A connection that was alive after all is left alone twice as long the next time, this often.
constexpr int most_doublings = 4;

}  // namespace

/// When the silence of `which` is long enough to act on, if nothing comes.
std::optional<time_point> scheduler::silent_at(const line& which) const {
    if (which.now != line_state::up || which.in_flight == 0) return std::nullopt;
    duration slowest{0};
    for (const line& one : lines_)
        slowest = std::max(slowest, one.usual);
    duration patience = std::max(how_.bounds.silence, slowest * times_usual);
    patience *= 1 << std::min(which.false_alarms, most_doublings);
    time_point since = std::max(which.heard, which.checked);
    // A server that has asked to wait may leave what it has unanswered until then.
    if (which.gate->recovering()) since = std::max(since, which.gate->not_before());
    return since + patience;
}

void scheduler::check_silent(time_point now) {
    for (int c = 0; c < most_connections; ++c) {
        line& one = *line_at(c);
        const std::optional<time_point> silent = silent_at(one);
        if (!silent || now < *silent) continue;
        one.checked = now;
        if (others_heard_since(one))
            doubt(now, c);
        else  // all are silent: nobody could take its parts
            actions_.emplace_back(check_connection{c});
    }
}

/// Whether something is asked for, or would be if there were a connection. Who waits for others' turns does
/// not: what those wait for is watched.
bool scheduler::awaits_bytes() const {
    if (!asking()) return false;
    if (!requests_.empty()) return true;
    if (out_of_turn_ || awaits_turn_) return false;
    if (wanted_ > 0) return true;
    return next_ < how_.end && connections_up() == 0 && share_.held() < how_.read_ahead;
}

void scheduler::check_stalled(time_point now) {
    for (const flood_gate* gate : watched_)
        if (gate->recovering()) stall_.excuse(now, gate->not_before());
    switch (stall_.look(now)) {
        case stall_watch::verdict::wait:
            break;
        case stall_watch::verdict::look_elsewhere:
            actions_.emplace_back(look_elsewhere{});
            break;
        case stall_watch::verdict::over:
            actions_.emplace_back(stalled{});
            break;
    }
}

bool scheduler::others_heard_since(const line& than) const {
    return std::any_of(lines_.begin(), lines_.end(), [&](const line& one) {
        return &one != &than && one.now == line_state::up && one.heard > than.heard && one.usual.count() > 0;
    });
}

/// Its parts move to others at once, and it carries none until the driver says that it is up.
void scheduler::doubt(time_point now, int connection) {
    line& one = *line_at(connection);
    take_from(now, connection);
    one.now = line_state::opening;
    one.doubted = true;
    one.checked = now;
    actions_.emplace_back(check_connection{connection});
}

}  // namespace mtproto::schedule
