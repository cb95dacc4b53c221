// Writes beside the final name and renames at the end.
#include "sink/part_file.hpp"

#include "sink/file_io.hpp"
#include "sink/final_name.hpp"
#include "sink/part_name.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <utility>

namespace mtproto::sink {
namespace {

/// The open file, which is made here and nowhere else; another's is not opened. Unlike any other's, its name
/// lets two downloads to one name go on side by side, and what a user keeps under such a name stays.
outcome<unique_fd> make_beside(const target& to, entry& part) {
    const std::size_t most = longest_name(to.at);
    for (int tries = 0; tries < most_random_names; ++tries) {
        part = to.at.beside(with_ending(to.at.name, "." + random_letters() + ".part", most));
        unique_fd made(::openat(part.folder_fd(), part.name.c_str(),
                                O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, part_mode(to)));
        if (made) return made;
        if (errno != EEXIST) return refused("create", part.shown(), errno);
    }
    return refused("create", part.shown(), EEXIST);
}

}  // namespace

outcome<std::unique_ptr<part_file>> part_file::create(const std::filesystem::path& final_name,
                                                      existing_file there) {
    outcome<target> to = find_target(final_name, there);
    if (!to) return to.error();
    if (to->stream) return over_stream(std::move(*to));
    entry part;
    outcome<unique_fd> made = make_beside(*to, part);
    if (!made) return made.error();
    return std::unique_ptr<part_file>(
        new part_file(std::move(*to), there, std::move(part), std::move(*made)));
}

std::unique_ptr<part_file> part_file::over_stream(target to) {
    unique_fd out = std::move(to.stream);
    return std::unique_ptr<part_file>(
        new part_file(std::move(to), existing_file::replace, entry(), std::move(out)));
}

part_file::part_file(target to, existing_file there, entry part, unique_fd out)
    : target_(std::move(to)), there_(there), part_(std::move(part)), out_(std::move(out)) {}

part_file::~part_file() {
    if (out_ && !is_stream()) ::unlinkat(part_.folder_fd(), part_.name.c_str(), 0);
}

outcome<void> part_file::write(std::int64_t offset, byte_view data) {
    if (is_stream() && offset != size_) return refused("write", name(), ESPIPE);
    outcome<void> done = is_stream() ? write_in_order(out_.get(), name(), data)
                                     : write_at(out_.get(), part_.shown(), offset, data);
    if (done) size_ = std::max(size_.load(), offset + static_cast<std::int64_t>(data.size()));
    return done;
}

outcome<void> part_file::append(byte_view data) {
    outcome<void> done = write(size_, data);
    if (done && !is_stream()) behind_.wrote(out_.get(), size_);
    return done;
}

outcome<std::size_t> part_file::read(std::int64_t offset, byte_span into) {
    return read_at(out_.get(), written_name(), offset, into);
}

outcome<void> part_file::finish() {
    if (is_stream()) {
        const int error = out_.close();
        return error == 0 ? outcome<void>() : outcome<void>(refused("write", name(), error));
    }
    outcome<void> done = bring_to_disk();
    if (done) {
        outcome<entry> named = give_name(part_, target_.at, there_);
        if (named)
            target_.at = std::move(*named);
        else
            done = named.error();
    }
    if (!done) ::unlinkat(part_.folder_fd(), part_.name.c_str(), 0);
    return done;
}

/// The data before the name: after a power cut there is the whole file or none. Some file systems report a
/// full disk only here, or when the file is closed.
outcome<void> part_file::bring_to_disk() {
    take_mode(target_, out_.get());
    int error = ::fdatasync(out_.get()) == 0 ? 0 : errno;
    const int closed = out_.close();
    if (error == 0) error = closed;
    return error == 0 ? outcome<void>() : outcome<void>(refused("write", part_.shown(), error));
}

}  // namespace mtproto::sink
