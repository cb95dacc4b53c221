// Private files by POSIX calls.
#include "client/private_file.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace mtproto::core {
namespace {

namespace fs = std::filesystem;

constexpr ::mode_t private_mode = S_IRUSR | S_IWUSR;
constexpr ::mode_t private_folder_mode = S_IRWXU;
constexpr ::mode_t anyone_else = S_IRWXG | S_IRWXO;

/// Closes itself.
class descriptor {
  public:
    explicit descriptor(int number) noexcept : number_(number) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    ~descriptor() { close(); }

    explicit operator bool() const noexcept { return number_ >= 0; }
    int get() const noexcept { return number_; }
    bool close() noexcept {
        const int closing = std::exchange(number_, -1);
        return closing < 0 || ::close(closing) == 0;
    }

  private:
    int number_;
};

bool write_all(int file, byte_view data) {
    while (!data.empty()) {
        const ::ssize_t count = ::write(file, data.data(), data.size());
        if (count < 0 && errno == EINTR) continue;
        if (count <= 0) return false;
        data = data.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

bool read_all(int file, byte_span into) {
    while (!into.empty()) {
        const ::ssize_t count = ::read(file, into.data(), into.size());
        if (count < 0 && errno == EINTR) continue;
        if (count == 0) errno = EIO;  // it became shorter meanwhile
        if (count <= 0) return false;
        into = into.subspan(static_cast<std::size_t>(count));
    }
    return true;
}

failure failed(const fs::path& path, const std::string& why) {
    return {errc::session_file, path.string() + " " + why};
}
failure refused(const char* what, const fs::path& path, int error) {
    return {errc::session_file, std::string(what) + " " + path.string() + ": " +
                                    std::generic_category().message(error) +
                                    "; see to its folder, or choose another place"};
}

fs::path folder_of(const fs::path& path) {
    return path.has_parent_path() ? path.parent_path() : fs::path(".");
}

/// Makes what was done to the folder's entries last. A file system that cannot is no reason to fail.
void sync_folder(const fs::path& folder) {
    const descriptor opened(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened) ::fsync(opened.get());
}

/// 0, or the error.
int make_folders(const fs::path& folder) {
    if (::mkdir(folder.c_str(), private_folder_mode) == 0) {
        sync_folder(folder_of(folder));
        return 0;
    }
    if (errno == EEXIST) return fs::is_directory(folder) ? 0 : ENOTDIR;
    if (errno != ENOENT || folder == folder_of(folder)) return errno;
    if (const int error = make_folders(folder_of(folder)); error != 0) return error;
    return make_folders(folder);
}

}  // namespace

std::string why_not_private(const struct ::stat& about, ::uid_t me, const fs::path& path) {
    if (!S_ISREG(about.st_mode)) return "is not a regular file";
    if (about.st_uid != me)
        return "belongs to another user, who can read it; copy what you trust to a file of your own";
    if ((about.st_mode & anyone_else) != 0)
        return "can be read or written by others than its owner; run: chmod 600 " + path.string();
    return {};
}

outcome<std::optional<secret_buffer>> read_private_file(const fs::path& path, std::size_t most) {
    // Not to wait for a pipe's other end, O_NONBLOCK.
    const descriptor file(::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file) {
        if (errno == ENOENT) return std::optional<secret_buffer>();
        if (errno == ELOOP)
            return failed(path, "is a symbolic link, which is not followed; name the file itself");
        return refused("cannot open", path, errno);
    }
    struct ::stat about {};
    if (::fstat(file.get(), &about) != 0) return refused("cannot look at", path, errno);
    if (const std::string why = why_not_private(about, ::geteuid(), path); !why.empty())
        return failed(path, why);
    if (about.st_size > static_cast<::off_t>(most)) return failed(path, "is too large to be a session file");
    secret_buffer contents(static_cast<std::size_t>(about.st_size));
    if (!read_all(file.get(), contents.span())) return refused("cannot read", path, errno);
    return std::optional<secret_buffer>(std::move(contents));
}

outcome<void> replace_private_file(const fs::path& path, byte_view contents) {
    if (const int error = make_folders(folder_of(path)); error != 0)
        return refused("cannot make the folder of", path, error);
    const fs::path beside = path.string() + "." + std::to_string(::getpid()) + ".tmp";
    // A leftover of a process that had the same number and was killed.
    ::unlink(beside.c_str());
    descriptor file(
        ::open(beside.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, private_mode));
    if (!file) return refused("cannot create", path, errno);
    // Of the mode that open() was told, the umask may have taken the owner's own bits.
    const bool written = ::fchmod(file.get(), private_mode) == 0 && write_all(file.get(), contents) &&
                         ::fsync(file.get()) == 0 && file.close();
    if (!written || ::rename(beside.c_str(), path.c_str()) != 0) {
        const int error = errno;
        ::unlink(beside.c_str());
        return refused("cannot write", path, error);
    }
    sync_folder(folder_of(path));
    return {};
}

outcome<void> remove_private_file(const fs::path& path) {
    if (::unlink(path.c_str()) == 0)
        sync_folder(folder_of(path));
    else if (errno != ENOENT)
        return refused("cannot remove", path, errno);
    return {};
}

}  // namespace mtproto::core
