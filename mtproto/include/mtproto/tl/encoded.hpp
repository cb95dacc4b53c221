// The fixed-size integers of TL, and an encoded object of any type.
#pragma once

#include <mtproto/bytes.hpp>

#include <array>
#include <cstddef>

namespace mtproto::tl {

using int128 = std::array<std::byte, 16>;
using int256 = std::array<std::byte, 32>;

/// An object that is already encoded, its id included: what `!X` fields take and what methods without a type
/// of their own answer. `encode` makes one, `decode` reads it.
struct raw {
    bytes data;
};

}  // namespace mtproto::tl
