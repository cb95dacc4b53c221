// What a stream is opened with, as its caller says it.
#pragma once

#include "download/reader.hpp"

#include <mtproto/byte_stream.hpp>
#include <mtproto/error.hpp>
#include <mtproto/media.hpp>

#include <cstdint>
#include <memory>
#include <utility>

namespace mtproto::download {

/// Errors: errc::bad_argument.
outcome<void> check(const media& file, const byte_range& range);

/// Begin and end of the range, cut where the file ends.
std::pair<std::int64_t, std::int64_t> inside(byte_range range, std::int64_t size);

/// `capacity`: of the byte budget. `owner`: the stream ends with it.
reader_options options_of(const media& file, byte_range range, stream_options options, std::int64_t capacity,
                          std::shared_ptr<core::client_lifetime> owner);

/// The server's hashes of the windows that overlap `range`, over one account.
io::awaitable<outcome<std::vector<file_hash>>> survey_of(std::shared_ptr<core::account_connections> account,
                                                         media file, byte_range range);

}  // namespace mtproto::download
