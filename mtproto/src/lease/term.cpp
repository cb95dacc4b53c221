// A third of the time after each renewal the next one; soon after one that failed; none after the end.
#include "lease/term.hpp"

#include <algorithm>
#include <chrono>

namespace mtproto::lease {

term::term(const lease_times& times, time_point asked) : times_(times) {
    renewed(asked);
}

void term::renewed(time_point asked) {
    granted_ = asked;
    next_ = asked + times_.ttl / 3;
    at_risk_ = false;
}

void term::failed(time_point now) {
    next_ = now + std::min<duration>(times_.ttl / 20, std::chrono::seconds(1));
    at_risk_ = true;
}

time_point term::held_until() const {
    return granted_ + times_.ttl - times_.margin;
}

time_point term::next_renewal() const {
    return std::min(next_, held_until());
}

}  // namespace mtproto::lease
