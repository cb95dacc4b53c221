// The contents of files that are nowhere: each byte follows from a seed and its place.
#pragma once

#include <mtproto/bytes.hpp>

#include <cstdint>

namespace mtproto::localdc {

/// Fills `into` with what the file of that seed holds from `offset` on, at memory's speed.
void generate_bytes(std::uint64_t seed, std::int64_t offset, byte_span into) noexcept;

}  // namespace mtproto::localdc
