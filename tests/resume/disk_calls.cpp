// Stands in for the C library's functions of these names in the whole program.
#include "disk_calls.hpp"

#include <csignal>
#include <cstdarg>
#include <cstddef>
#include <cstdio>
#include <fcntl.h>
#include <sys/syscall.h>
#include <unistd.h>

namespace mtproto::test {
namespace {

int calls_left = 0;  // 0: it lives
double share_done = 0;

void die() {
    ::kill(::getpid(), SIGKILL);
}

/// One call that happens or not; `what` does it.
template <class Call>
auto once(Call what) {
    const bool last = calls_left > 0 && --calls_left == 0;
    if (last && share_done < 0.5) die();
    const auto made = what();
    if (last) die();
    return made;
}

}  // namespace

void die_at(int call, double share) {
    calls_left = call;
    share_done = share;
}

}  // namespace mtproto::test

using mtproto::test::once;

// NOLINTBEGIN: these are the system's names and types.
extern "C" {

ssize_t pwrite(int file, const void* data, std::size_t size, off_t offset) {
    using namespace mtproto::test;
    const bool last = calls_left > 0 && --calls_left == 0;
    const auto count = last ? static_cast<std::size_t>(static_cast<double>(size) * share_done) : size;
    const auto made = ::syscall(SYS_pwrite64, file, data, count, offset);
    if (last) die();
    return made;
}

int openat(int folder, const char* name, int flags, ...) {
    std::va_list more;
    va_start(more, flags);
    const mode_t mode = (flags & O_CREAT) != 0 ? va_arg(more, mode_t) : 0;
    va_end(more);
    const auto call = [&] { return static_cast<int>(::syscall(SYS_openat, folder, name, flags, mode)); };
    return (flags & O_CREAT) != 0 ? once(call) : call();
}

int ftruncate(int file, off_t size) noexcept {
    return once([&] { return static_cast<int>(::syscall(SYS_ftruncate, file, size)); });
}

int fchmod(int file, mode_t mode) noexcept {
    return once([&] { return static_cast<int>(::syscall(SYS_fchmod, file, mode)); });
}

int fdatasync(int file) {
    return once([&] { return static_cast<int>(::syscall(SYS_fdatasync, file)); });
}

int fsync(int file) {
    return once([&] { return static_cast<int>(::syscall(SYS_fsync, file)); });
}

int renameat(int from, const char* name, int to, const char* other) noexcept {
    return once([&] { return static_cast<int>(::syscall(SYS_renameat2, from, name, to, other, 0)); });
}

int renameat2(int from, const char* name, int to, const char* other, unsigned flags) noexcept {
    return once([&] { return static_cast<int>(::syscall(SYS_renameat2, from, name, to, other, flags)); });
}

int unlinkat(int folder, const char* name, int flags) noexcept {
    return once([&] { return static_cast<int>(::syscall(SYS_unlinkat, folder, name, flags)); });
}

}  // extern "C"
// NOLINTEND
