// Writes beside the final name and renames at the end.
#include "sink/part_file.hpp"

#include <algorithm>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <random>
#include <string>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mtproto::sink {
namespace {

namespace fs = std::filesystem;

/// As many links as Linux follows.
constexpr int most_links = 40;
/// Names that somebody else may have taken. More than one is chance, all of them is no chance.
constexpr int most_names = 100;

failure refused(const char* what, const fs::path& name, int error) {
    return failure(errc::io_failed, std::string("cannot ") + what + " " + name.string() + ": " +
                                        std::generic_category().message(error));
}

/// Where a chain of links leads, whether anything is there or not.
outcome<fs::path> followed(fs::path name) {
    std::error_code why;
    for (int links = 0; fs::is_symlink(fs::symlink_status(name, why)); ++links) {
        if (links == most_links) return refused("write", name, ELOOP);
        const fs::path next = fs::read_symlink(name, why);
        if (why) return refused("write", name, why.value());
        name = name.parent_path() / next;
    }
    return name;
}

/// "NAME.Ab12Cd.part": unlike any other's, so that two downloads to one name do not write into each other,
/// and what a user keeps under such a name stays.
fs::path part_name_for(const fs::path& name) {
    static constexpr char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    std::random_device random;
    std::uniform_int_distribution<std::size_t> any(0, sizeof letters - 2);
    std::string ending = ".";
    for (int i = 0; i < 6; ++i)
        ending += letters[any(random)];
    ending += ".part";
    // A name that is as long as the system allows has to lose its own end.
    return name.parent_path() / (name.filename().string().substr(0, NAME_MAX - ending.size()) + ending);
}

/// The name and the open file, which is made here and nowhere else; for another's, `name` is not opened.
outcome<int> make_beside(const fs::path& final_name, fs::path& name) {
    for (int tries = 0; tries < most_names; ++tries) {
        name = part_name_for(final_name);
        const int made = ::open(name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666);
        if (made >= 0) return made;
        if (errno != EEXIST) return refused("create", name, errno);
    }
    return refused("create", name, EEXIST);
}

}  // namespace

outcome<std::unique_ptr<part_file>> part_file::create(fs::path final_name) {
    // A link stays: what it names is replaced.
    outcome<fs::path> target = followed(std::move(final_name));
    if (!target) return target.error();
    struct stat there {};
    const bool exists = ::stat(target->c_str(), &there) == 0;
    if (exists && S_ISDIR(there.st_mode)) return refused("write", *target, EISDIR);
    if (exists && S_ISCHR(there.st_mode)) {
        // Renaming over a device would put a file in its place: with enough rights, over /dev/null.
        const int device = ::open(target->c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (device < 0) return refused("write", *target, errno);
        return std::unique_ptr<part_file>(new part_file(*target, *target, device, true));
    }
    if (exists && !S_ISREG(there.st_mode))
        return failure(errc::io_failed, "cannot write " + target->string() + ": not a regular file");

    fs::path part_name;
    const outcome<int> made = make_beside(*target, part_name);
    if (!made) return made.error();
    std::unique_ptr<part_file> file(new part_file(*target, std::move(part_name), *made, false));
    // Whoever may not read the old file is not to read the new one, not even while it comes.
    if (exists && ::fchmod(*made, there.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO)) != 0)
        return refused("write", file->part_name_, errno);
    return file;
}

part_file::~part_file() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!in_place_) ::unlink(part_name_.c_str());
}

outcome<void> part_file::write(std::int64_t offset, byte_view data) {
    while (!data.empty()) {
        ssize_t count = ::pwrite(descriptor_, data.data(), data.size(), offset);
        // A terminal has no offsets, and takes what comes in order all the same.
        if (count < 0 && errno == ESPIPE && offset == size_)
            count = ::write(descriptor_, data.data(), data.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return refused("write", part_name_, errno);
        offset += count;
        size_ = std::max(size_.load(), offset);
        data = data.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

outcome<std::size_t> part_file::read(std::int64_t offset, byte_span into) {
    for (;;) {
        const ssize_t count = ::pread(descriptor_, into.data(), into.size(), offset);
        if (count >= 0) return static_cast<std::size_t>(count);
        if (errno != EINTR) return refused("read back", part_name_, errno);
    }
}

outcome<void> part_file::finish() {
    // The data before the name: after a power cut there is the whole file or none. Some file systems report a
    // full disk only here, or when the file is closed.
    int error = in_place_ || ::fdatasync(descriptor_) == 0 ? 0 : errno;
    if (::close(std::exchange(descriptor_, -1)) != 0 && error == 0) error = errno;
    if (error == 0 && in_place_) return {};
    if (error == 0 && ::rename(part_name_.c_str(), final_name_.c_str()) == 0) return {};
    const outcome<void> why =
        error != 0 ? refused("write", part_name_, error) : refused("rename to", final_name_, errno);
    if (!in_place_) ::unlink(part_name_.c_str());
    return why;
}

}  // namespace mtproto::sink
