// What strings are written of. Private to foreign.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstdint>
#include <string>

namespace mtproto::foreign {

/// Telethon's string. Error: errc::bad_argument when `host` is no IP address.
outcome<std::string> telethon_text(int dc, byte_view key, const std::string& host, std::uint16_t port);

}  // namespace mtproto::foreign
