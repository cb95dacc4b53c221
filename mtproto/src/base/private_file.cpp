// Private files by POSIX calls.
#include "base/private_file.hpp"

#include <array>
#include <cerrno>
#include <chrono>
#include <climits>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <linux/magic.h>
#include <random>
#include <sys/file.h>
#include <sys/vfs.h>
#include <system_error>
#include <unistd.h>

namespace mtproto {
namespace {

namespace fs = std::filesystem;

constexpr ::mode_t private_mode = S_IRUSR | S_IWUSR;
constexpr ::mode_t public_mode = S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH;
constexpr ::mode_t private_folder_mode = S_IRWXU;
constexpr ::mode_t anyone_else = S_IRWXG | S_IRWXO;

constexpr int most_links = 16;
/// Names that somebody else may have taken. More than one is chance, all of them is no chance.
constexpr int most_names = 100;
constexpr std::chrono::seconds lock_patience(10);
constexpr ::timespec lock_pause{0, 5'000'000};  // 5 ms

/// Closes itself.
class descriptor {
  public:
    explicit descriptor(int number) noexcept : number_(number) {}
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
    descriptor& operator=(descriptor&& other) noexcept {
        close();
        number_ = other.release();
        return *this;
    }
    ~descriptor() { close(); }

    explicit operator bool() const noexcept { return number_ >= 0; }
    int get() const noexcept { return number_; }
    int release() noexcept { return std::exchange(number_, -1); }
    bool close() noexcept {
        const int closing = release();
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

/// Some file systems cannot, and say so; a disk that is full or broken says it in other ways.
bool sync(int file) {
    return ::fsync(file) == 0 || errno == EINVAL || errno == ENOSYS || errno == EOPNOTSUPP;
}

failure failed(const fs::path& path, const std::string& why) {
    return {errc::io_failed, path.string() + " " + why};
}
failure refused(const char* what, const fs::path& path, int error) {
    return {errc::io_failed, std::string(what) + " " + path.string() + ": " +
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
    if (errno == EROFS) return fs::is_directory(folder) ? 0 : EROFS;
    if (errno != ENOENT || folder == folder_of(folder)) return errno;
    if (const int error = make_folders(folder_of(folder)); error != 0) return error;
    return make_folders(folder);
}

/// The links of a process's open files: no name stands for what they lead to.
bool is_of_proc(int file) {
    struct ::statfs about {};
    return ::fstatfs(file, &about) == 0 && about.f_type == PROC_SUPER_MAGIC;
}

/// The place that the user's own links under `given` lead to, whether there is a file or not.
outcome<fs::path> followed(const fs::path& given) {
    fs::path path = given;
    std::array<char, PATH_MAX> text;
    for (int links = 0; links < most_links; ++links) {
        const descriptor at(::open(path.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (!at && errno == ENOENT) return path;
        struct ::stat about {};
        if (!at || ::fstat(at.get(), &about) != 0) return refused("cannot look at", given, errno);
        if (!S_ISLNK(about.st_mode)) return path;
        if (const std::string why = why_not_followed(about, ::geteuid()); !why.empty())
            return failed(given, why);
        if (is_of_proc(at.get())) return failed(given, "leads to an open file, not to a name of one");
        const ::ssize_t size = ::readlinkat(at.get(), "", text.data(), text.size());
        if (size < 0) return refused("cannot follow", given, errno);
        path = path.parent_path() / fs::path(std::string(text.data(), static_cast<std::size_t>(size)));
    }
    return refused("cannot follow", given, ELOOP);
}

std::string random_letters() {
    static constexpr char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    std::random_device random;
    std::uniform_int_distribution<std::size_t> any(0, sizeof letters - 2);
    std::string made;
    for (int i = 0; i < 6; ++i)
        made += letters[any(random)];
    return made;
}

/// An open file that was made here and nowhere else, beside `path`; its name, or the error in errno.
descriptor make_beside(const fs::path& path, ::mode_t mode, fs::path& name) {
    for (int tries = 0; tries < most_names; ++tries) {
        name = path.string() + "." + random_letters() + ".tmp";
        const int made =
            ::open(name.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, private_mode);
        if (made < 0 && errno == EEXIST) continue;
        // The umask may have taken the owner's own bits. Some file systems have no modes to set.
        if (made >= 0) (void)::fchmod(made, mode);
        return descriptor(made);
    }
    errno = EEXIST;
    return descriptor(-1);
}

/// A volume or a folder that this user may only read.
bool is_no_place_to_write(int error) {
    return error == EROFS || error == EACCES || error == EPERM;
}

bool is_own_file(const struct ::stat& about, ::uid_t me) {
    return S_ISREG(about.st_mode) && about.st_uid == me;
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

std::string why_not_followed(const struct ::stat& about, ::uid_t me) {
    if (about.st_uid != me) return "is a symbolic link of another user, which is not followed";
    return {};
}

outcome<std::optional<std::vector<std::byte>>> read_private_file(const fs::path& path, std::size_t most) {
    const outcome<fs::path> place = followed(path);
    if (!place) return place.error();
    // Not to wait for a pipe's other end, O_NONBLOCK.
    const descriptor file(::open(place->c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK));
    if (!file && errno == ENOENT) return std::optional<std::vector<std::byte>>();
    if (!file) return refused("cannot open", path, errno);
    struct ::stat about {};
    if (::fstat(file.get(), &about) != 0) return refused("cannot look at", path, errno);
    if (const std::string why = why_not_private(about, ::geteuid(), path); !why.empty())
        return failed(path, why);
    if (about.st_size > static_cast<::off_t>(most)) return failed(path, "is too large");
    std::vector<std::byte> contents(static_cast<std::size_t>(about.st_size));
    if (!read_all(file.get(), contents)) {
        const int error = errno;
        ::explicit_bzero(contents.data(), contents.size());
        return refused("cannot read", path, error);
    }
    return std::optional(std::move(contents));
}

outcome<void> replace_file(const fs::path& path, byte_view contents, file_readers readers) {
    const outcome<fs::path> place = followed(path);
    if (!place) return place.error();
    if (const int error = make_folders(folder_of(*place)); error != 0)
        return refused("cannot make the folder of", path, error);
    struct ::stat about {};
    if (::lstat(place->c_str(), &about) == 0 && !is_own_file(about, ::geteuid()))
        return failed(path, "is no regular file of this user and is not replaced; choose another place");
    fs::path beside;
    const ::mode_t mode = readers == file_readers::owner ? private_mode : public_mode;
    descriptor file = make_beside(*place, mode, beside);
    if (!file) return refused("cannot create", path, errno);
    const bool written = write_all(file.get(), contents) && sync(file.get()) && file.close();
    if (!written || ::rename(beside.c_str(), place->c_str()) != 0) {
        const int error = errno;
        ::unlink(beside.c_str());
        return refused("cannot write", path, error);
    }
    sync_folder(folder_of(*place));
    return {};
}

outcome<void> remove_private_file(const fs::path& path) {
    if (::unlink(path.c_str()) == 0)
        sync_folder(folder_of(path));
    else if (errno != ENOENT)
        return refused("cannot remove", path, errno);
    return {};
}

outcome<std::optional<file_lock>> file_lock::try_to_take(const fs::path& name, bool may_be_read_only) {
    constexpr int flags = O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK;
    for (;;) {
        descriptor file(::open(name.c_str(), O_RDWR | O_CREAT | flags, private_mode));
        if (!file && may_be_read_only && is_no_place_to_write(errno)) {
            file = descriptor(::open(name.c_str(), O_RDONLY | flags));
            if (!file && errno == ENOENT) return std::optional(file_lock(name, -1, false));
        }
        struct ::stat about {};
        if (!file || ::fstat(file.get(), &about) != 0) return refused("cannot create", name, errno);
        if (!is_own_file(about, ::geteuid()))
            return failed(name, "is no regular file of this user; remove it");
        const bool locked = ::flock(file.get(), LOCK_EX | LOCK_NB) == 0;
        if (!locked && errno == EINTR) continue;
        if (!locked && errno == EWOULDBLOCK) return std::optional<file_lock>();
        if (!locked)  // NFS, FUSE and others may know none
            return std::optional(file_lock(name, file.release(), false));
        struct ::stat named {};
        // The one who held it before removed the file; its name is another file's now, or nobody's.
        if (::lstat(name.c_str(), &named) == 0 && named.st_ino == about.st_ino &&
            named.st_dev == about.st_dev)
            return std::optional(file_lock(name, file.release(), true));
    }
}

outcome<file_lock> file_lock::take(const fs::path& path) {
    const outcome<fs::path> place = followed(path);
    if (!place) return place.error();
    if (const int error = make_folders(folder_of(*place)); error != 0)
        return refused("cannot make the folder of", path, error);
    const auto deadline = std::chrono::steady_clock::now() + lock_patience;
    for (;;) {
        outcome<std::optional<file_lock>> taken = try_to_take(place->string() + ".lock", false);
        if (!taken) return taken.error();
        if (*taken) return std::move(**taken);
        if (std::chrono::steady_clock::now() >= deadline)
            return failed(path, "is being changed by another process that does not come to an end");
        ::nanosleep(&lock_pause, nullptr);
    }
}

outcome<file_lock> file_lock::for_use(const fs::path& path) {
    const outcome<fs::path> place = followed(path);
    if (!place) return place.error();
    const fs::path name = place->string() + ".used";
    if (const int error = make_folders(folder_of(*place)); error != 0) {
        if (is_no_place_to_write(error)) return file_lock(name, -1, false);
        return refused("cannot make the folder of", path, error);
    }
    outcome<std::optional<file_lock>> taken = try_to_take(name, true);
    if (!taken) return taken.error();
    if (*taken) return std::move(**taken);
    return failure(errc::account_in_use, "that of " + path.string() +
                                             ", or another client of this process; end it first: two users "
                                             "of one key end the login");
}

file_lock::~file_lock() {
    if (descriptor_ < 0) return;
    ::unlink(name_.c_str());  // while it is held: whoever waits looks whether it still has its name
    ::close(descriptor_);
}

}  // namespace mtproto
