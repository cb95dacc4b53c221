// Inflating and deflating the body of gzip_packed (protocol 5.2).
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstddef>

namespace mtproto::tl {

/// The inflated bytes, in a block of their own. Takes gzip and zlib framing. Errors: errc::too_large beyond
/// `limit` bytes, errc::truncated, errc::malformed (also for bytes after the end).
result<bytes> gunzip(byte_view packed, std::size_t limit);
/// The same. `inflated` becomes how many bytes that took, those of a failure too.
result<bytes> gunzip(byte_view packed, std::size_t limit, std::size_t& inflated);

/// The bytes in gzip framing.
bytes gzip(byte_view data);

}  // namespace mtproto::tl
