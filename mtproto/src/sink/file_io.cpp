// The system's calls, until they have done all.
#include "sink/file_io.hpp"

#include "sink/unique_fd.hpp"

#include <cerrno>
#include <fcntl.h>
#include <poll.h>
#include <string>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mtproto::sink {

failure refused(const char* what, const std::filesystem::path& name, int error) {
    std::string text = std::string("cannot ") + what + " " + name.string();
    // No fault of the file, and told as what it is.
    if (error == EMFILE || error == ENFILE) {
        failure full(boost::system::error_code(error, boost::system::generic_category()));
        full.detail = std::move(text);
        return full;
    }
    return failure(errc::io_failed, text + ": " + std::generic_category().message(error));
}

outcome<void> write_at(int descriptor, const std::filesystem::path& name, std::int64_t offset,
                       byte_view data) {
    while (!data.empty()) {
        const ssize_t count = ::pwrite(descriptor, data.data(), data.size(), offset);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) return refused("write", name, errno);
        offset += count;
        data = data.subspan(static_cast<std::size_t>(count));
    }
    return {};
}

outcome<void> write_in_order(int descriptor, const std::filesystem::path& name, byte_view data) {
    while (!data.empty()) {
        const ssize_t count = ::write(descriptor, data.data(), data.size());
        if (count >= 0) {
            data = data.subspan(static_cast<std::size_t>(count));
        } else if (errno == EAGAIN || errno == EWOULDBLOCK) {
            pollfd room{descriptor, POLLOUT, 0};
            ::poll(&room, 1, -1);
        } else if (errno != EINTR) {
            return refused("write", name, errno);
        }
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

void sync_folder(int folder) {
    const unique_fd opened(::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC));
    if (opened) ::fsync(opened.get());
}

}  // namespace mtproto::sink
