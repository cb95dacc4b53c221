// Steps, their verdicts, and how long a failed one is not tried again.
#include "schedule/connection_ladder.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::schedule {
namespace {

constexpr int first_connections = 4;
/// One step in each of these, whichever is longer.
constexpr int round_trips_a_step = 4;
constexpr duration least_step = std::chrono::milliseconds(250);
/// The gain that a step has to bring, as a part of what each connection carried before.
constexpr double worth = 0.1;
/// A step that brought nothing is tried again after this, then after twice as long, and so on.
constexpr duration first_rest = std::chrono::seconds(5);
/// A server that closes the connection opened last means it.
constexpr duration refused_rest = std::chrono::seconds(10);
constexpr int most_doublings = 5;
/// A connection lost so soon after it came up was not wanted.
constexpr duration young = std::chrono::seconds(3);

}  // namespace

connection_ladder::connection_ladder(int most)
    : most_(std::clamp(most, 1, most_connections)), wanted_(std::min(most_, first_connections)) {}

void connection_ladder::on_part(int carrying, double rate, bool free, duration rtt, time_point now) {
    const duration step = std::max<duration>(rtt * round_trips_a_step, least_step);
    if (!begun_) {
        // The first step is worth it without a look at what the first connections bring: the first part that
        // comes says that the server serves.
        begun_ = true;
        next_step_ = now;
    }
    ++parts_;
    if (free) ++free_;
    if (now < next_step_) return;
    next_step_ = now + step;
    // While the reader or a flood rule sets the rate, nothing can be learned of connections.
    const bool telling = free_ * 2 > parts_;
    parts_ = free_ = 0;
    if (!telling) return;
    // Twice as many until that is too many.
    if (worth_it(carrying, rate, now)) wanted_ = std::min(wanted_ + (failures_ == 0 ? wanted_ : 1), most_);
}

bool connection_ladder::worth_it(int carrying, double rate, time_point now) {
    const int more = carrying - last_carrying_;
    if (more > 0 && last_carrying_ > 0 && rate < last_rate_ * (1 + worth * more / last_carrying_)) {
        step_back(last_carrying_, first_rest, now);
        return false;
    }
    last_carrying_ = carrying;
    last_rate_ = rate;
    return true;
}

void connection_ladder::on_up(int connection, time_point now) {
    if (connection >= 0 && connection < most_connections)
        up_since_[static_cast<std::size_t>(connection)] = now;
}

void connection_ladder::on_lost(int connection, int others, time_point now) {
    if (connection < 0 || connection >= most_connections || others < 1) return;
    const time_point since = std::exchange(up_since_[static_cast<std::size_t>(connection)], now);
    if (now - since < young) step_back(std::min(wanted_ - 1, others), refused_rest, now);
}

void connection_ladder::step_back(int to, duration rest, time_point now) {
    wanted_ = std::clamp(to, 1, wanted_);
    next_step_ = now + rest * (1 << std::min(failures_, most_doublings));
    ++failures_;
    parts_ = free_ = 0;
}

}  // namespace mtproto::schedule
