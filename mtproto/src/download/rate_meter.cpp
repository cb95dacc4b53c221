// Two sums that fade alike: bytes, and the seconds that they took.
#include "download/rate_meter.hpp"

#include <cmath>

namespace mtproto::download {

void rate_meter::add(time_point now, std::int64_t count) noexcept {
    if (last_) {
        const double passed = std::chrono::duration<double>(now - *last_).count();
        const double kept = std::exp(-passed / memory_seconds);
        bytes_ *= kept;
        seconds_ = seconds_ * kept + passed;
        bytes_ += static_cast<double>(count);
    }
    last_ = now;
}

double rate_meter::rate() const noexcept {
    return seconds_ > 0 ? bytes_ / seconds_ : 0;
}

}  // namespace mtproto::download
