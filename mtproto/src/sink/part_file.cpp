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
    std::error_code ignored;
    if (std::filesystem::is_directory(final_name, ignored)) return refused("write", final_name, EISDIR);
    std::filesystem::path part_name = final_name;
    part_name += ".part";
    const int descriptor = ::open(part_name.c_str(), O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (descriptor < 0) return refused("create", part_name, errno);
    return std::unique_ptr<part_file>(new part_file(std::move(final_name), std::move(part_name), descriptor));
}

part_file::~part_file() {
    if (descriptor_ < 0) return;
    ::close(descriptor_);
    ::unlink(part_name_.c_str());
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
    // Some file systems report a full disk only when the data must really be there.
    if (::close(std::exchange(descriptor_, -1)) != 0) {
        const int error = errno;
        ::unlink(part_name_.c_str());
        return refused("write", part_name_, error);
    }
    if (::rename(part_name_.c_str(), final_name_.c_str()) != 0) {
        const int error = errno;
        ::unlink(part_name_.c_str());
        return refused("rename to", final_name_, error);
    }
    return {};
}

}  // namespace mtproto::sink
