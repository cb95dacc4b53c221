// Bytes drawn at random, made from numbers, and written out.
#pragma once

#include "crypto/sha.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/random.hpp>

#include <cstdint>
#include <initializer_list>
#include <string>

namespace mtproto::localdc {

bytes random_bytes(random_source& random, std::size_t size);
/// SHA-256 of at most 8 numbers, each as 8 bytes.
crypto::sha256_digest digest_of(std::initializer_list<std::int64_t> numbers);
/// Two small hexadecimal digits a byte.
std::string hex(byte_view data);

}  // namespace mtproto::localdc
