// Counts failures, and rests longer after each trial that fails.
#include "pool/circuit_breaker.hpp"

#include <algorithm>

namespace mtproto::pooling {

void circuit_breaker::failed(time_point now) {
    if (until_) {
        // A trial, or something that was under way when it opened.
        if (!trial_) return;
        trial_ = false;
        rest_ = std::min<duration>(rest_ * 2, longest_rest);
        until_ = now + rest_;
        return;
    }
    failures_.push_back(now);
    while (now - failures_.front() > within)
        failures_.pop_front();
    if (failures_.size() >= most_failures) until_ = now + rest_;
}

void circuit_breaker::succeeded() noexcept {
    failures_.clear();
    until_.reset();
    rest_ = first_rest;
    trial_ = false;
}

}  // namespace mtproto::pooling
