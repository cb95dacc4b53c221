// Writes small files with secrets: as a whole, and never through what others have planted.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <filesystem>

namespace mtproto {

enum class file_readers {
    owner,     ///< mode 0600
    everybody  ///< mode 0644
};

/// Makes the file at `path`, or replaces it: written beside it under a name that nobody can foresee, synced,
/// and renamed. A reader and a crash see the old contents or the new ones. Folders that are missing are made,
/// with mode 0700. Only a regular file of this user is replaced: no device, no pipe, and no file of another
/// user. A symbolic link of this user is followed and stays a link; one of another user is refused. Blocks
/// for the time of the disk. Error: errc::io_failed, with the path and what to do.
outcome<void> replace_file(const std::filesystem::path& path, byte_view contents,
                           file_readers readers = file_readers::owner);

}  // namespace mtproto
