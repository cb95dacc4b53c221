// How long a file's header says that the file is.
#pragma once

#include <mtproto/bytes.hpp>

#include <cstdint>

namespace mtproto::remuxing {

/// Of RIFF (AVI, WAV), Matroska and ASF; 0 for others, and where the writer did not know. Bytes.
std::int64_t promised_size(byte_view header) noexcept;

}  // namespace mtproto::remuxing
