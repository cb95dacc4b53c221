// A file that its owner alone can read, replaced as a whole or not at all.
#pragma once

#include "client/session_format.hpp"

#include <mtproto/error.hpp>

#include <filesystem>
#include <optional>
#include <sys/stat.h>

namespace mtproto::core {

/// Why a file with these attributes is not taken as the user's `me` own and private; empty when it is. The
/// text follows the file's name, and says what to do.
std::string why_not_private(const struct ::stat& about, ::uid_t me, const std::filesystem::path& path);

/// Nothing when there is no such file. Error: errc::session_file, when it is not private, not a regular file
/// (a symbolic link is not followed: whoever made it may be somebody else), or has more than `most` bytes.
outcome<std::optional<secret_buffer>> read_private_file(const std::filesystem::path& path, std::size_t most);

/// Writes beside it with mode 0600 and renames, so that a reader and a crash see the old or the new one.
/// Folders that are missing are made, with mode 0700. Error: errc::session_file.
outcome<void> replace_private_file(const std::filesystem::path& path, byte_view contents);

/// Fine when there is none. Error: errc::session_file.
outcome<void> remove_private_file(const std::filesystem::path& path);

}  // namespace mtproto::core
