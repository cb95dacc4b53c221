// Mends the times of packets.
#include "remux/timestamps.hpp"

#include <algorithm>

namespace mtproto::remux {

void timestamp_keeper::fix(std::int64_t& pts, std::int64_t& dts, std::int64_t duration) {
    if (dts == no_time) dts = pts == no_time ? next_ : std::min(next_, pts);
    if (pts == no_time) pts = dts;
    if (dts > pts) {
        // One of the two is wrong: the middle of them and of what is due is the likeliest.
        const std::int64_t due = last_ == no_time ? dts : last_ + 1;
        const std::int64_t middle = std::max(std::min(pts, dts), std::min(std::max(pts, dts), due));
        pts = dts = middle;
    }
    if (last_ != no_time && dts <= last_) {
        dts = last_ + 1;
        pts = std::max(pts, dts);
    }
    last_ = dts;
    next_ = dts + std::max<std::int64_t>(duration, 1);
}

}  // namespace mtproto::remux
