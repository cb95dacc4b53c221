// Writes beside the final name and renames at the end.
#include "sink/part_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mtproto::sink {
namespace {

failure refused(const char* what, const std::filesystem::path& name, int error) {
    return failure(errc::io_failed, std::string("cannot ") + what + " " + name.string() + ": " +
                                        std::generic_category().message(error));
}

}  // namespace

outcome<std::unique_ptr<part_file>> part_file::create(std::filesystem::path final_name) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    const fs::file_status there = fs::status(final_name, ignored);
    if (fs::is_directory(there)) return refused("write", final_name, EISDIR);
    // Renaming over a device would put a file in its place: with enough rights, over /dev/null.
    const bool in_place = fs::is_character_file(there);
    if (fs::exists(there) && !in_place && !fs::is_regular_file(there))
        return failure(errc::io_failed, "cannot write " + final_name.string() + ": not a regular file");
    if (fs::is_symlink(fs::symlink_status(final_name, ignored)) && fs::exists(there))
        final_name = fs::canonical(final_name, ignored);  // the link stays, what it names is replaced

    fs::path part_name = final_name;
    if (!in_place) part_name += ".part";
    const int flags = in_place ? O_RDWR | O_CLOEXEC : O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC;
    const int descriptor = ::open(part_name.c_str(), flags, 0666);
    if (descriptor < 0) return refused(in_place ? "write" : "create", part_name, errno);
    return std::unique_ptr<part_file>(
        new part_file(std::move(final_name), std::move(part_name), descriptor, in_place));
}

part_file::~part_file() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    if (!in_place_) ::unlink(part_name_.c_str());
}

outcome<void> part_file::write(std::int64_t offset, byte_view data) {
    while (!data.empty()) {
        const ssize_t count = ::pwrite(descriptor_, data.data(), data.size(), offset);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return refused("write", part_name_, errno);
        offset += count;
        data = data.subspan(static_cast<std::size_t>(count));
    }
    size_ = std::max(size_.load(), offset);
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
    if (in_place_) return {};
    if (error != 0) {
        ::unlink(part_name_.c_str());
        return refused("write", part_name_, error);
    }
    if (::rename(part_name_.c_str(), final_name_.c_str()) != 0) {
        error = errno;
        ::unlink(part_name_.c_str());
        return refused("rename to", final_name_, error);
    }
    return {};
}

}  // namespace mtproto::sink
