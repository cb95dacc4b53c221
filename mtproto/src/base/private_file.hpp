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

/// Keeps other processes, and other holders in this one, from doing the same with a file. The file itself is
/// replaced by renaming, so the lock is on a file beside it, which goes with the lock. It belongs to an open
/// file, not to a process's number: it holds between containers that share the folder. Where the file system
/// knows no locks there is none. Released at the end of its life, and by the system when the process ends.
class file_lock {
  public:
    /// For one change, on NAME.lock. Makes missing folders. Blocks while another holds it, for ten seconds at
    /// most. Error: errc::io_failed.
    static outcome<file_lock> take(const std::filesystem::path& path);
    /// For as long as somebody uses what is in the file, on NAME.used. Does not block. In a folder that
    /// cannot be written it holds what another has made there, or nothing. Errors: errc::account_in_use while
    /// another holds it; errc::io_failed.
    static outcome<file_lock> for_use(const std::filesystem::path& path);

    bool holds() const noexcept { return holds_; }

    file_lock(file_lock&& other) noexcept
        : name_(std::move(other.name_)),
          descriptor_(std::exchange(other.descriptor_, -1)),
          holds_(other.holds_) {}
    file_lock& operator=(file_lock&&) = delete;
    ~file_lock();

  private:
    file_lock(std::filesystem::path name, int descriptor, bool holds) noexcept
        : name_(std::move(name)), descriptor_(descriptor), holds_(holds) {}

    /// Nothing while another holds it.
    static outcome<std::optional<file_lock>> try_to_take(const std::filesystem::path& name,
                                                         bool may_be_read_only);

    std::filesystem::path name_;
    int descriptor_;
    bool holds_;
};

}  // namespace mtproto
