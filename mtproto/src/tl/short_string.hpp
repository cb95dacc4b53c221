// How the length of a string stands before it (protocol 9.3).
#pragma once

#include <cstddef>

namespace mtproto::tl {

/// Shorter strings have their length in one byte. Longer ones have this byte, then their length in three.
inline constexpr std::size_t short_string = 254;

}  // namespace mtproto::tl
