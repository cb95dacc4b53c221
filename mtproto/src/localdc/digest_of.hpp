// A digest of numbers, for what only this server can make: access hashes, references, tokens.
#pragma once

#include "crypto/sha.hpp"

#include <cstdint>
#include <initializer_list>

namespace mtproto::localdc {

/// SHA-256 of at most 8 numbers, each as 8 bytes.
crypto::sha256_digest digest_of(std::initializer_list<std::int64_t> numbers);

}  // namespace mtproto::localdc
