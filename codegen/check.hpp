// Holds every id of a schema against the text of its line.
#pragma once

#include "parser.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace tlgen {

/// The CRC32 of zlib and Ethernet.
std::uint32_t crc32(std::string_view text);

/// The text whose CRC32 is the id (protocol 9.2).
std::string hashed_text(const declaration& line);

/// Throws schema_error at the first line whose id is not the CRC32 of its text, unless a `// FIXED-ID` names
/// it; and at a `// FIXED-ID` that names no such line.
void check_ids(const schema& checked);

}  // namespace tlgen
