// Mends the times of packets.
#include "remux/timestamps.hpp"

#include <algorithm>

namespace mtproto::remuxing {

void timestamp_keeper::fix(std::int64_t& pts, std::int64_t& dts) {
    if (dts == no_time) return;
    const std::int64_t due = last_ + 1;  // before all times at the beginning
    if (pts != no_time && dts > pts) {
        // One of the two is wrong: the middle of them and of what is due is the likeliest.
        pts = dts = std::max(pts, std::min(dts, due));
    }
    if (last_ != no_time && dts < due) {
        if (pts >= dts) pts = std::max(pts, due);
        dts = due;
    }
    last_ = dts;
}

}  // namespace mtproto::remuxing
