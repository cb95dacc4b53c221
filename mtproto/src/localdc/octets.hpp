// Bytes drawn at random, and bytes written out.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/random.hpp>

#include <string>

namespace mtproto::localdc {

bytes random_bytes(random_source& random, std::size_t size);
/// Two small hexadecimal digits a byte.
std::string hex(byte_view data);

}  // namespace mtproto::localdc
