// What tells the holder of a lease from all others.
#pragma once

#include "base/hex.hpp"

#include <mtproto/random.hpp>

#include <array>
#include <string>

namespace mtproto::core {

/// 16 random bytes, as digits.
inline std::string new_lease_token() {
    std::array<std::byte, 16> random;
    system_random().fill(random);
    return hex(random);
}

}  // namespace mtproto::core
