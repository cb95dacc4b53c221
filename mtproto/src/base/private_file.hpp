// Files that their owner alone may read: reading, removing, and locking them against other processes.
#pragma once

#include <mtproto/private_file.hpp>

#include <cstddef>
#include <optional>
#include <string>
#include <sys/stat.h>
#include <utility>
#include <vector>

namespace mtproto {

/// Why a file with these attributes is not taken as the user's `me` own and private; empty when it is. The
/// text follows the file's name, and says what to do.
std::string why_not_private(const struct ::stat& about, ::uid_t me, const std::filesystem::path& path);

/// Why a symbolic link with these attributes is not followed for the user `me`; empty when it is: whoever
/// made it chooses the file.
std::string why_not_followed(const struct ::stat& about, ::uid_t me);

/// Nothing when there is no such file. Its bytes are the caller's to overwrite. Error: errc::io_failed, when
/// it is not private, not a regular file, or has more than `most` bytes.
outcome<std::optional<std::vector<std::byte>>> read_private_file(const std::filesystem::path& path,
                                                                 std::size_t most);

/// Fine when there is none. Error: errc::io_failed.
outcome<void> remove_private_file(const std::filesystem::path& path);

/// Keeps other processes, and other holders in this one, from changing a file at the same time. The file
/// itself is replaced by renaming, so the lock is on a file beside it, NAME.lock, which goes with the lock.
/// Where the file system knows no locks there is none. Released at the end of its life, and by the system
/// when the process ends.
class file_lock {
  public:
    /// Makes missing folders. Blocks while another holds it, for ten seconds at most. Error: errc::io_failed.
    static outcome<file_lock> take(const std::filesystem::path& path);

    file_lock(file_lock&& other) noexcept
        : name_(std::move(other.name_)), descriptor_(std::exchange(other.descriptor_, -1)) {}
    file_lock& operator=(file_lock&&) = delete;
    ~file_lock();

  private:
    file_lock(std::filesystem::path name, int descriptor) noexcept
        : name_(std::move(name)), descriptor_(descriptor) {}

    std::filesystem::path name_;
    int descriptor_;
};

}  // namespace mtproto
