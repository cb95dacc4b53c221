// Writes beside the final name and renames at the end.
#include "sink/part_file.hpp"

#include "sink/file_io.hpp"
#include "sink/target.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <random>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace mtproto::sink {
namespace {

namespace fs = std::filesystem;

/// Names that somebody else may have taken. More than one is chance, all of them is no chance.
constexpr int most_names = 100;

/// "NAME.Ab12Cd.part": unlike any other's, so that two downloads to one name do not write into each other,
/// and what a user keeps under such a name stays.
fs::path part_name_for(const fs::path& name) {
    static constexpr char letters[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
    std::random_device random;
    std::uniform_int_distribution<std::size_t> any(0, sizeof letters - 2);
    std::string ending = ".";
    for (int i = 0; i < 6; ++i)
        ending += letters[any(random)];
    return beside(name, ending + ".part");
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
    const outcome<target> where = find_target(std::move(final_name));
    if (!where) return where.error();
    if (where->device) {
        const int device = ::open(where->name.c_str(), O_RDWR | O_NOCTTY | O_CLOEXEC);
        if (device < 0) return refused("write", where->name, errno);
        return std::unique_ptr<part_file>(new part_file(where->name, where->name, device, true));
    }
    fs::path part_name;
    const outcome<int> made = make_beside(where->name, part_name);
    if (!made) return made.error();
    std::unique_ptr<part_file> file(new part_file(where->name, std::move(part_name), *made, false));
    // Whoever may not read the old file is not to read the new one, not even while it comes.
    if (where->mode && ::fchmod(*made, *where->mode) != 0) return refused("write", file->part_name_, errno);
    return file;
}

part_file::~part_file() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!in_place_) ::unlink(part_name_.c_str());
}

outcome<void> part_file::write(std::int64_t offset, byte_view data) {
    outcome<void> done = write_at(descriptor_, part_name_, offset, data, offset == size_);
    if (done) size_ = std::max(size_.load(), offset + static_cast<std::int64_t>(data.size()));
    return done;
}

outcome<void> part_file::append(byte_view data) {
    outcome<void> done = write(size_, data);
    if (done) behind_.wrote(descriptor_, size_);
    return done;
}

outcome<std::size_t> part_file::read(std::int64_t offset, byte_span into) {
    return read_at(descriptor_, part_name_, offset, into);
}

outcome<void> part_file::finish() {
    // The data before the name: after a power cut there is the whole file or none. Some file systems report a
    // full disk only here, or when the file is closed.
    int error = in_place_ || ::fdatasync(descriptor_) == 0 ? 0 : errno;
    if (::close(std::exchange(descriptor_, -1)) != 0 && error == 0) error = errno;
    if (error == 0 && in_place_) return {};
    if (error == 0 && ::rename(part_name_.c_str(), final_name_.c_str()) == 0) return {};
    outcome<void> why =
        error != 0 ? refused("write", part_name_, error) : refused("rename to", final_name_, errno);
    if (!in_place_) ::unlink(part_name_.c_str());
    return why;
}

}  // namespace mtproto::sink
