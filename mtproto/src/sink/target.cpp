// Follows links and looks at what they lead to.
#include "sink/target.hpp"

#include "sink/file_io.hpp"
#include "sink/own_file.hpp"
#include "sink/part_name.hpp"

#include <array>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <fcntl.h>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <tuple>
#include <utility>

namespace mtproto::sink {
namespace {

namespace fs = std::filesystem;

/// Without O_NONBLOCK a pipe would be waited for.
constexpr int to_write = O_WRONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
/// Every file system has room for so many bytes.
constexpr std::size_t surely_short = 100;

failure no_file(const entry& at) {
    return {errc::io_failed, "cannot write " + at.shown().string() + ": not a regular file"};
}

/// A pipe whose reader is still to come is worth waiting for, so that its error has a code of its own.
failure no_stream(const entry& at, int error, bool pipe) {
    if (error != ENXIO || !pipe) return refused("write", at.shown(), error);
    failure made(make_error_code(boost::system::errc::no_such_device_or_address));
    made.detail = "nobody reads " + at.shown().string();
    return made;
}

bool takes_bytes(mode_t kind) {
    return S_ISREG(kind) || S_ISFIFO(kind) || S_ISCHR(kind) || S_ISSOCK(kind);
}

bool is_same(const struct ::stat& one, const struct ::stat& other) {
    return one.st_dev == other.st_dev && one.st_ino == other.st_ino;
}

/// The number of this process's descriptor that "/proc/self/fd/NUMBER" names.
std::optional<int> own_descriptor(const entry& at) {
    int number = -1;
    const char* end = at.name.data() + at.name.size();
    const auto [stop, wrong] = std::from_chars(at.name.data(), end, number);
    if (wrong != std::errc() || stop != end || number < 0) return std::nullopt;
    struct ::stat folder {};
    if (::fstat(at.folder_fd(), &folder) != 0) return std::nullopt;
    for (const char* own : {"/proc/self/fd", "/proc/thread-self/fd"}) {
        struct ::stat ours {};
        if (::stat(own, &ours) == 0 && is_same(ours, folder)) return number;
    }
    return std::nullopt;
}

/// What a link in /proc leads to, whose text says nothing.
outcome<target> behind_proc(entry at) {
    target found;
    found.descriptor = own_descriptor(at);
    if (found.descriptor) {
        // The same open file, so that its position and O_APPEND are those of whoever opened it.
        const int flags = ::fcntl(*found.descriptor, F_GETFL);
        if (flags < 0 || (flags & O_ACCMODE) == O_RDONLY) return refused("write", at.shown(), EBADF);
        found.stream = unique_fd(::fcntl(*found.descriptor, F_DUPFD_CLOEXEC, 0));
    } else {
        found.stream = unique_fd(::openat(at.folder_fd(), at.name.c_str(), to_write | O_APPEND));
    }
    if (!found.stream) return no_stream(at, errno, true);
    struct ::stat about {};
    if (::fstat(found.stream.get(), &about) != 0) return refused("look at", at.shown(), errno);
    if (!takes_bytes(about.st_mode)) return no_file(at);
    found.at = std::move(at);
    return found;
}

/// A connection to a socket in the file system; -1 and errno.
int connect_to(const entry& at) {
    unique_fd made(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    // By way of the folder: a path may be longer than an address.
    const std::string name = "/proc/self/fd/" + std::to_string(at.folder_fd()) + "/" + at.name;
    ::sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (name.size() >= sizeof address.sun_path) {
        errno = ENAMETOOLONG;
        return -1;
    }
    std::memcpy(address.sun_path, name.c_str(), name.size());
    if (!made || ::connect(made.get(), reinterpret_cast<::sockaddr*>(&address), sizeof address) != 0)
        return -1;
    return made.release();
}

outcome<target> stream_at(entry at, const struct ::stat& there, const struct ::stat& folder) {
    if (!may_be_used(there, folder))
        return failure(errc::io_failed, "cannot write " + at.shown().string() +
                                            ": it is no file but another user's, in a folder that others may "
                                            "write");
    target found;
    if (S_ISSOCK(there.st_mode)) {
        found.stream = unique_fd(connect_to(at));
    } else {
        found.stream = unique_fd(::openat(at.folder_fd(), at.name.c_str(), to_write | O_NOFOLLOW));
        struct ::stat opened {};
        if (found.stream && (::fstat(found.stream.get(), &opened) != 0 || !is_same(opened, there)))
            return no_file(at);
    }
    if (!found.stream) return no_stream(at, errno, S_ISFIFO(there.st_mode));
    found.at = std::move(at);
    return found;
}

outcome<target> file_at(entry at, const struct ::stat& there, const struct ::stat& folder) {
    // What the system would say only when all is written.
    const ::uid_t me = ::geteuid();
    const bool ours = there.st_uid == me;
    if ((folder.st_mode & S_ISVTX) != 0 && me != 0 && !ours && folder.st_uid != me)
        return refused("replace", at.shown(), EPERM);
    target found;
    found.mode = there.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO);
    if (!ours) *found.mode &= ~writable_by_others;
    found.at = std::move(at);
    return found;
}

/// Whether the folder takes names as long as this one: file systems count in bytes, in letters, or what is
/// left once a name is encrypted, so it is tried with a file that goes again.
outcome<void> check_length(const entry& at) {
    if (at.name.size() <= surely_short) return {};
    for (int tries = 0; tries < most_random_names; ++tries) {
        // As many bytes, and as many letters.
        const entry trial = at.beside(with_random_end(at.name));
        if (trial.name == at.name) return {};
        const unique_fd made(::openat(trial.folder_fd(), trial.name.c_str(),
                                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0600));
        if (made) {
            ::unlinkat(trial.folder_fd(), trial.name.c_str(), 0);
            return {};
        }
        if (errno == EEXIST) continue;
        // Other errors are of what is made next.
        return errno == ENAMETOOLONG ? refused("write", at.shown(), ENAMETOOLONG) : outcome<void>();
    }
    return {};
}

bool names_a_folder(const entry& at) {
    return at.name.empty() || at.name == "." || at.name == "..";
}

outcome<target> new_file(entry at) {
    if (const outcome<void> fits = check_length(at); !fits) return fits.error();
    target made;
    made.at = std::move(at);
    return made;
}

/// Follows what `at` is, until that is no link.
outcome<target> follow(entry at, int links) {
    for (;;) {
        if (names_a_folder(at)) return refused("write", at.shown(), EISDIR);
        const unique_fd there(::openat(at.folder_fd(), at.name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
        if (!there && errno != ENOENT) return refused("write", at.shown(), errno);
        if (!there) return new_file(std::move(at));
        struct ::stat about {};
        struct ::stat folder {};
        if (::fstat(there.get(), &about) != 0 || ::fstat(at.folder_fd(), &folder) != 0)
            return refused("look at", at.shown(), errno);
        if (S_ISDIR(about.st_mode)) return refused("write", at.shown(), EISDIR);
        if (S_ISREG(about.st_mode)) return file_at(std::move(at), about, folder);
        if (S_ISBLK(about.st_mode)) return no_file(at);
        if (!S_ISLNK(about.st_mode)) return stream_at(std::move(at), about, folder);
        const outcome<fs::path> text = text_of_link(at, there.get(), links);
        if (!text) return text.error();
        if (is_in_proc(there.get())) return behind_proc(std::move(at));
        outcome<entry> next = find_entry(*text, &at, links);
        if (!next) return next.error();
        at = std::move(*next);
    }
}

}  // namespace

outcome<target> find_target(const fs::path& name, existing_file there) {
    int links = 0;
    outcome<entry> found = find_entry(name, nullptr, links);
    if (!found) return found.error();
    if (there == existing_file::replace) return follow(std::move(*found), links);
    if (names_a_folder(*found)) return refused("write", found->shown(), EISDIR);
    const std::size_t most = longest_name(*found);
    found->name = numbered(found->name, 1, most);
    if (is_name_of_record(found->name)) found->name = numbered(found->name, 1, most - 1) + "_";
    return new_file(std::move(*found));
}

mode_t part_mode(const target& to) noexcept {
    constexpr mode_t any_file = S_IRUSR | S_IWUSR | S_IRGRP | S_IWGRP | S_IROTH | S_IWOTH;
    return to.mode ? any_file & (*to.mode | S_IRUSR | S_IWUSR) : any_file;
}

void take_mode(const target& from, int descriptor) noexcept {
    if (from.mode) std::ignore = ::fchmod(descriptor, *from.mode);
}

}  // namespace mtproto::sink
