// Bytes drawn at random, as an object of their own.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/random.hpp>

namespace mtproto::crypto {

inline bytes random_bytes(random_source& random, std::size_t size) {
    buffer drawn = buffer::allocate(size);
    random.fill(drawn.span().first(size));
    return {std::move(drawn), 0, size};
}

}  // namespace mtproto::crypto
