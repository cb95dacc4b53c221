// Locking, and the order in which things reach the disk.
#include "sink/unfinished_file.hpp"

#include "sink/file_io.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace mtproto::sink {
namespace {

namespace fs = std::filesystem;

constexpr const char* part_ending = ".part";
constexpr const char* record_ending = ".part.state";

/// The one who had it may have renamed it between our open() and our lock: then it is another file by now.
bool is_still(int descriptor, const fs::path& name) {
    struct stat ours {};
    struct stat there {};
    return ::fstat(descriptor, &ours) == 0 && ::lstat(name.c_str(), &there) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

/// The system's number for what is wrong, or 0.
int lock(int descriptor) {
    struct stat what {};
    if (::fstat(descriptor, &what) != 0) return errno;
    if (!S_ISREG(what.st_mode)) return EEXIST;
    return ::flock(descriptor, LOCK_EX | LOCK_NB) == 0 ? 0 : errno;
}

outcome<int> open_locked(const fs::path& name) {
    for (;;) {
        const int opened = ::open(name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_CLOEXEC | O_NONBLOCK, 0666);
        if (opened < 0) return refused("create", name, errno);
        const int error = lock(opened);
        if (error == 0 && is_still(opened, name)) return opened;
        ::close(opened);
        if (error == EWOULDBLOCK)
            return failure(errc::io_failed, name.string() + " is being written by another process");
        if (error != 0) return refused("write", name, error);
    }
}

}  // namespace

outcome<std::unique_ptr<unfinished_file>> unfinished_file::open(target of) {
    const outcome<int> opened = open_locked(beside(of.name, part_ending));
    if (!opened) return opened.error();
    std::unique_ptr<unfinished_file> made(new unfinished_file(std::move(of), *opened));
    return made;
}

unfinished_file::unfinished_file(target of, int descriptor)
    : target_(std::move(of)),
      part_name_(beside(target_.name, part_ending)),
      record_name_(beside(target_.name, record_ending)),
      descriptor_(descriptor) {}

unfinished_file::~unfinished_file() {
    if (descriptor_ < 0) return;
    // Under the lock: whoever waits for it finds that the name is another file's.
    if (const outcome<std::int64_t> left = size(); left && *left == 0) {
        ::unlink(record_name_.c_str());
        ::unlink(part_name_.c_str());
    }
    ::close(descriptor_);
}

outcome<std::int64_t> unfinished_file::size() const {
    struct stat told {};
    if (::fstat(descriptor_, &told) != 0) return refused("read back", part_name_, errno);
    return std::int64_t{told.st_size};
}

outcome<void> unfinished_file::begin(const resume_record& of) {
    // Whoever may not read the old file is not to read the new one, not even while it comes.
    if (target_.mode && ::fchmod(descriptor_, *target_.mode) != 0) return refused("write", part_name_, errno);
    return store_record(record_name_, of);
}

outcome<void> unfinished_file::write(std::int64_t offset, byte_view data) {
    outcome<void> done = write_at(descriptor_, part_name_, offset, data);
    if (done) behind_.wrote(descriptor_, offset + static_cast<std::int64_t>(data.size()));
    return done;
}

outcome<std::size_t> unfinished_file::read(std::int64_t offset, byte_span into) const {
    return read_at(descriptor_, part_name_, offset, into);
}

outcome<void> unfinished_file::truncate(std::int64_t size) {
    if (::ftruncate(descriptor_, size) != 0) return refused("shorten", part_name_, errno);
    return {};
}

outcome<void> unfinished_file::finish() {
    // The data before the name: after a power cut there is the whole file or its part. Some file systems
    // report a full disk only here.
    if (::fdatasync(descriptor_) != 0) return refused("write", part_name_, errno);
    // A record without a part is harmless, a part without a record could be anybody's.
    if (::rename(part_name_.c_str(), target_.name.c_str()) != 0)
        return refused("rename to", target_.name, errno);
    ::unlink(record_name_.c_str());
    ::close(std::exchange(descriptor_, -1));
    return sync_folder_of(target_.name);
}

}  // namespace mtproto::sink
