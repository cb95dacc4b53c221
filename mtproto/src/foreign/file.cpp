// Reads files by the system's calls, without waiting for anybody.
#include "foreign/file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mtproto::foreign {
namespace {

/// Closed when it goes.
struct opened {
    explicit opened(const std::filesystem::path& path)
        : number(::open(path.c_str(), O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC)) {}
    opened(const opened&) = delete;
    opened& operator=(const opened&) = delete;
    ~opened() {
        if (number >= 0) ::close(number);
    }
    int number;
};

failure cannot_read(const std::filesystem::path& path, const std::string& why) {
    return refused("cannot read " + path.string() + ": " + why);
}

outcome<secret_bytes> read_up_to(const std::filesystem::path& path, std::size_t most, bool whole) {
    const opened file(path);
    struct ::stat about {};
    if (file.number < 0 || ::fstat(file.number, &about) != 0)
        return cannot_read(path, std::generic_category().message(errno));
    if (!S_ISREG(about.st_mode)) return cannot_read(path, "it is not a regular file");
    const auto length = static_cast<std::uint64_t>(about.st_size);
    if (whole && length > most) return cannot_read(path, "it is larger than any session");
    secret_bytes made(static_cast<std::size_t>(std::min<std::uint64_t>(length, most)));
    std::size_t size = 0;
    while (size < made.size()) {
        const auto got = ::read(file.number, made.data() + size, made.size() - size);
        if (got < 0 && errno == EINTR) continue;
        if (got < 0) return cannot_read(path, std::generic_category().message(errno));
        if (got == 0) break;  // it was cut meanwhile
        size += static_cast<std::size_t>(got);
    }
    made.resize(size);
    return made;
}

}  // namespace

outcome<secret_bytes> read_file(const std::filesystem::path& path, std::size_t most) {
    return read_up_to(path, most, true);
}

outcome<secret_bytes> read_head(const std::filesystem::path& path, std::size_t size) {
    return read_up_to(path, size, false);
}

bool is_file(const std::filesystem::path& path) {
    std::error_code failed;
    return std::filesystem::is_regular_file(path, failed);
}

bool is_flocked(const std::filesystem::path& path) {
    const opened file(path);
    if (file.number < 0) return false;
    if (::flock(file.number, LOCK_SH | LOCK_NB) != 0) return errno == EWOULDBLOCK;
    ::flock(file.number, LOCK_UN);
    return false;
}

}  // namespace mtproto::foreign
