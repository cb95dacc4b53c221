// Counts bytes, measures their rate, and calls back a few times a second.
#include "download/progress_report.hpp"

#include <chrono>
#include <utility>

namespace mtproto::download {
namespace {

/// A display needs no more; a report costs a callback.
constexpr duration interval = std::chrono::milliseconds(250);

}  // namespace

progress_report::progress_report(progress_callback callback, std::int64_t total, time_point now)
    : callback_(std::move(callback)), total_(total), told_at_(now) {
    meter_.add(now, 0);
}

void progress_report::delivered(time_point now, std::int64_t begin, std::int64_t end, int connections,
                                bool last) {
    delivered_.add(begin, end);
    meter_.add(now, end - begin);
    const bool waited = std::exchange(wait_, std::nullopt).has_value();
    tell(now, connections, waited || last);
}

void progress_report::waits(time_point now, std::optional<wait_info> wait, int connections) {
    wait_ = std::move(wait);
    meter_.add(now, 0);
    tell(now, connections, true);
}

void progress_report::tell(time_point now, int connections, bool at_once) {
    if (!callback_ || (!at_once && now - told_at_ < interval)) return;
    told_at_ = now;
    progress made;
    made.received = delivered_.count();
    made.total = total_;
    made.rate = meter_.rate();
    made.connections = connections;
    made.flood_waits = flood_waits_;
    made.wait = wait_;
    callback_(made);
}

}  // namespace mtproto::download
