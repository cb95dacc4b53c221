// Stands in for the C library's functions of these names in the whole program.
#include "unit/sink/refusing_calls.hpp"

#include <cerrno>
#include <cstdarg>
#include <cstring>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mtproto::test {
namespace {

refusals now;

template <class... Arguments>
int unless(int error, long number, Arguments... given) {
    if (error == 0) return static_cast<int>(::syscall(number, given...));
    errno = error;
    return -1;
}

}  // namespace

refusing::refusing(const refusals& what) {
    now = what;
}

refusing::~refusing() {
    now = {};
}

}  // namespace mtproto::test

using mtproto::test::now;
using mtproto::test::unless;

// NOLINTBEGIN: these are the system's names and types.
extern "C" {

int flock(int file, int how) noexcept {
    return unless(now.flock, SYS_flock, file, how);
}

int fchmod(int file, mode_t mode) noexcept {
    return unless(now.fchmod, SYS_fchmod, file, mode);
}

int fsync(int file) {
    return unless(now.fsync, SYS_fsync, file);
}

int fdatasync(int file) {
    return unless(now.fdatasync, SYS_fdatasync, file);
}

int renameat2(int from, const char* name, int to, const char* other, unsigned flags) noexcept {
    return unless(now.renameat2, SYS_renameat2, from, name, to, other, flags);
}

int linkat(int from, const char* name, int to, const char* other, int flags) noexcept {
    return unless(now.linkat, SYS_linkat, from, name, to, other, flags);
}

int openat(int folder, const char* name, int flags, ...) {
    std::va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    const bool too_long =
        (flags & O_CREAT) != 0 && now.longest_name != 0 && std::strlen(name) > now.longest_name;
    return unless(too_long ? ENAMETOOLONG : 0, SYS_openat, folder, name, flags, mode);
}

uid_t geteuid() noexcept {
    return now.other_user != 0 ? now.other_user : static_cast<uid_t>(::syscall(SYS_geteuid));
}

}  // extern "C"
// NOLINTEND
