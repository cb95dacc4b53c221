// Doubling waits with jitter.
#include "rpc/backoff.hpp"

#include <algorithm>

namespace mtproto::rpc {

backoff::backoff(int failures) noexcept {
    for (; failures > 0 && step_ < last; --failures)
        step_ = std::min(step_ * 2, last);
}

duration backoff::next(random_source& random, duration at_least) {
    const duration half = step_ / 2;
    // 32 bits of randomness spread over half of at most 60 s: steps of some 7 ns.
    const duration jitter(static_cast<duration::rep>(static_cast<double>(half.count()) *
                                                     (static_cast<double>(random.next_u32()) / 0x1p32)));
    step_ = std::min(step_ * 2, last);
    return std::max(half + jitter, at_least);
}

}  // namespace mtproto::rpc
