// Times as plain numbers, for rates.
#pragma once

#include <mtproto/clock.hpp>

namespace mtproto {

constexpr double seconds(duration time) noexcept {
    return std::chrono::duration<double>(time).count();
}

}  // namespace mtproto
