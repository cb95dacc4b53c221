// The server's list of hashes, checked before it is believed (protocol 8.4).
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>
#include <mtproto/fwd.hpp>
#include <mtproto/media.hpp>

#include <cstdint>
#include <vector>

namespace mtproto::download {

/// One call for hashes of Telegram's covers so much (protocol 8.4).
inline constexpr std::int64_t hash_block = 1 << 20;

/// Of a file of `size` bytes. Each window is of 1 byte to 1 MiB, begins inside the file and where the one
/// before it ends; the last one ends with the file at the latest, whatever length it states.
/// errc::malformed when they are not so.
outcome<std::vector<file_hash>> checked_hashes(const std::vector<tl::fileHash>& told, std::int64_t size);
/// The same of Vector<FileHash> as it comes.
outcome<std::vector<file_hash>> decode_hashes(const bytes& answer, std::int64_t size);

}  // namespace mtproto::download
