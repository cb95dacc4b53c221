// Reading and writing at places of an open file, and what its failures are called.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstdint>
#include <filesystem>

namespace mtproto::sink {

/// errc::io_failed: "cannot write film.mkv.part: No space left on device".
failure refused(const char* what, const std::filesystem::path& name, int error);

/// All of `data`. What has no offsets, as a terminal, takes it all the same when it is `in_order`.
outcome<void> write_at(int descriptor, const std::filesystem::path& name, std::int64_t offset, byte_view data,
                       bool in_order = false);
/// Fills `into`, but for what lies behind the end of the file.
outcome<std::size_t> read_at(int descriptor, const std::filesystem::path& name, std::int64_t offset,
                             byte_span into);
/// Renames and removals in the folder of `name` last over a power cut.
outcome<void> sync_folder_of(const std::filesystem::path& name);

}  // namespace mtproto::sink
