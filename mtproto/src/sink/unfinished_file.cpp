// Locking, and the order in which things reach the disk.
#include "sink/unfinished_file.hpp"

#include "sink/file_io.hpp"
#include "sink/final_name.hpp"
#include "sink/own_file.hpp"
#include "sink/part_name.hpp"

#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mtproto::sink {
namespace {

/// As often the part may become another file between our open() and our lock.
constexpr int most_tries = 100;

/// The one who had it may have renamed it between our open() and our lock: then it is another file by now.
bool is_still(int descriptor, const entry& at) {
    struct stat ours {};
    struct stat there {};
    return ::fstat(descriptor, &ours) == 0 &&
           ::fstatat(at.folder_fd(), at.name.c_str(), &there, AT_SYMLINK_NOFOLLOW) == 0 &&
           ours.st_dev == there.st_dev && ours.st_ino == there.st_ino;
}

entry ending_in(const char* ending, const entry& at) {
    return at.beside(with_ending(at.name, ending, longest_name(at)));
}

}  // namespace

entry part_beside(const entry& at) {
    return ending_in(part_ending, at);
}

entry record_beside(const entry& at) {
    return ending_in(record_ending, at);
}

outcome<std::unique_ptr<unfinished_file>> unfinished_file::open(target of) {
    const entry part = part_beside(of.at);
    for (int tries = 0; tries < most_tries; ++tries) {
        outcome<unique_fd> opened = open_own(part, O_RDWR | O_CREAT, part_mode(of));
        if (!opened) return opened.error();
        std::string unlocked;
        if (::flock(opened->get(), LOCK_EX | LOCK_NB) != 0) {
            if (errno == EWOULDBLOCK) return std::unique_ptr<unfinished_file>();
            unlocked = std::generic_category().message(errno);
        }
        if (is_still(opened->get(), part))
            return std::unique_ptr<unfinished_file>(
                new unfinished_file(std::move(of), std::move(*opened), std::move(unlocked)));
    }
    return std::unique_ptr<unfinished_file>();
}

unfinished_file::unfinished_file(target of, unique_fd part, std::string unlocked)
    : target_(std::move(of)),
      part_(part_beside(target_.at)),
      data_(std::move(part)),
      unlocked_(std::move(unlocked)) {}

unfinished_file::~unfinished_file() {
    if (!data_) return;
    // Under the lock: whoever waits for it finds that the name is another file's.
    if (const outcome<std::int64_t> left = size(); !left || *left > 0) return;
    const entry beside = record_beside(target_.at);
    // Not what is no record of ours.
    if (record()) ::unlinkat(beside.folder_fd(), beside.name.c_str(), 0);
    ::unlinkat(part_.folder_fd(), part_.name.c_str(), 0);
}

outcome<std::int64_t> unfinished_file::size() const {
    struct stat told {};
    if (::fstat(data_.get(), &told) != 0) return refused("read back", name(), errno);
    return std::int64_t{told.st_size};
}

outcome<void> unfinished_file::write(std::int64_t offset, byte_view data) {
    outcome<void> done = write_at(data_.get(), name(), offset, data);
    if (done) behind_.wrote(data_.get(), offset + static_cast<std::int64_t>(data.size()));
    return done;
}

outcome<std::size_t> unfinished_file::read(std::int64_t offset, byte_span into) const {
    return read_at(data_.get(), name(), offset, into);
}

outcome<void> unfinished_file::truncate(std::int64_t size) {
    if (::ftruncate(data_.get(), size) != 0) return refused("shorten", name(), errno);
    return {};
}

outcome<std::filesystem::path> unfinished_file::finish(existing_file there) {
    // The data before the name: after a power cut there is the whole file or its part. Some file systems
    // report a full disk only here.
    if (::fdatasync(data_.get()) != 0) return refused("write", name(), errno);
    // A record without a part is harmless, a part without a record could be anybody's.
    const outcome<entry> named = give_name(part_, target_.at, there);
    if (!named) return named.error();
    // Not before: a part that its owner may not write could not go on.
    take_mode(target_, data_.get());
    const entry record = record_beside(target_.at);
    ::unlinkat(record.folder_fd(), record.name.c_str(), 0);
    data_.close();
    sync_folder(named->folder_fd());
    return named->shown();
}

}  // namespace mtproto::sink
