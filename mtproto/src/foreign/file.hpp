// Files of other programs, which are only read. Private to foreign.
#pragma once

#include "foreign/login.hpp"

#include <filesystem>

namespace mtproto::foreign {

/// All of a regular file of at most `most` bytes. Error: refused().
outcome<secret_bytes> read_file(const std::filesystem::path& path, std::size_t most);

/// Its first bytes, at most that many. Error: refused().
outcome<secret_bytes> read_head(const std::filesystem::path& path, std::size_t size);

/// Whether there is a regular file.
bool is_file(const std::filesystem::path& path);

/// Whether another process holds a lock (flock) on the file at `path`; false where there is none.
bool is_flocked(const std::filesystem::path& path);

}  // namespace mtproto::foreign
