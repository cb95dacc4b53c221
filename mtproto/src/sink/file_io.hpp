// Reading and writing at places of an open file, and what its failures are called.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstdint>
#include <filesystem>

namespace mtproto::sink {

/// errc::io_failed: "cannot write film.mkv.part: No space left on device".
failure refused(const char* what, const std::filesystem::path& name, int error);

/// All of `data`, at that place.
outcome<void> write_at(int descriptor, const std::filesystem::path& name, std::int64_t offset,
                       byte_view data);
/// All of `data`, behind what was written before: for what has no places, or where others write, too. Waits
/// where there is no room.
outcome<void> write_in_order(int descriptor, const std::filesystem::path& name, byte_view data);
/// Fills `into`, but for what lies behind the end of the file.
outcome<std::size_t> read_at(int descriptor, const std::filesystem::path& name, std::int64_t offset,
                             byte_span into);
/// Renames and removals in the folder last over a power cut, where its file system can do that: a file that
/// is there is there all the same.
void sync_folder(int folder);

}  // namespace mtproto::sink
