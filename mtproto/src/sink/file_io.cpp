// The system's calls, until they have done all.
#include "sink/file_io.hpp"

#include <cerrno>
#include <fcntl.h>
#include <string>
#include <system_error>
#include <unistd.h>

namespace mtproto::sink {

failure refused(const char* what, const std::filesystem::path& name, int error) {
    return failure(errc::io_failed, std::string("cannot ") + what + " " + name.string() + ": " +
                                        std::generic_category().message(error));
}

outcome<void> write_at(int descriptor, const std::filesystem::path& name, std::int64_t offset, byte_view data,
                       bool in_order) {
    while (!data.empty()) {
        ssize_t count = ::pwrite(descriptor, data.data(), data.size(), offset);
        if (count < 0 && errno == ESPIPE && in_order) count = ::write(descriptor, data.data(), data.size());
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return refused("write", name, errno);
        offset += count;
        data = data.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

outcome<std::size_t> read_at(int descriptor, const std::filesystem::path& name, std::int64_t offset,
                             byte_span into) {
    std::size_t done = 0;
    while (done < into.size()) {
        const byte_span rest = into.subspan(done);
        const ssize_t count =
            ::pread(descriptor, rest.data(), rest.size(), offset + static_cast<std::int64_t>(done));
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return refused("read back", name, errno);
        if (count == 0) break;
        done += static_cast<std::size_t>(count);
    }
    return done;
}

outcome<void> sync_folder_of(const std::filesystem::path& name) {
    const std::filesystem::path folder = name.has_parent_path() ? name.parent_path() : ".";
    const int opened = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    // A folder that may be written and not read cannot be synced, and some file systems take no fsync of one:
    // the file is there all the same.
    if (opened < 0) return errno == EACCES ? outcome<void>() : refused("open", folder, errno);
    const int error = ::fsync(opened) == 0 || errno == EINVAL ? 0 : errno;
    ::close(opened);
    if (error != 0) return refused("sync", folder, error);
    return {};
}

}  // namespace mtproto::sink
