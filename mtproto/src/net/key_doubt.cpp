// Any number of -404 is one refusal.
#include "net/key_doubt.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::net {

void key_doubt::refused(time_point now) noexcept {
    if (std::exchange(open_, true)) return;
    refusals_ = std::max(refusals_, 1);
    last_refusal_ = now;
}

bool key_doubt::disowned(time_point now) noexcept {
    if (last_refusal_ && now - *last_refusal_ < refusals_apart) return false;
    last_refusal_ = now;
    return ++refusals_ >= refusals_to_drop;
}

}  // namespace mtproto::net
