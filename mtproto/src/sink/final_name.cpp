// Renames without replacing, by whichever way the file system knows.
#include "sink/final_name.hpp"

#include "sink/file_io.hpp"
#include "sink/part_name.hpp"

#include <cerrno>
#include <cstdio>
#include <fcntl.h>
#include <string>
#include <unistd.h>

namespace mtproto::sink {
namespace {

/// Takes the name with an empty file, which is ours to replace.
int rename_over_own(const entry& from, const entry& to) {
    constexpr int new_file = O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC;
    const unique_fd taken(::openat(to.folder_fd(), to.name.c_str(), new_file, 0600));
    if (!taken) return errno;
    if (::renameat(from.folder_fd(), from.name.c_str(), to.folder_fd(), to.name.c_str()) == 0) return 0;
    const int error = errno;
    ::unlinkat(to.folder_fd(), to.name.c_str(), 0);
    return error;
}

/// 0, EEXIST when there is something of that name, or what else is wrong.
int rename_to_new(const entry& from, const entry& to) {
    if (::renameat2(from.folder_fd(), from.name.c_str(), to.folder_fd(), to.name.c_str(), RENAME_NOREPLACE) ==
        0)
        return 0;
    // Old kernels, and file systems that do not know the flag.
    if (errno != EINVAL && errno != ENOSYS && errno != EOPNOTSUPP && errno != EPERM) return errno;
    if (::linkat(from.folder_fd(), from.name.c_str(), to.folder_fd(), to.name.c_str(), 0) == 0) {
        ::unlinkat(from.folder_fd(), from.name.c_str(), 0);
        return 0;
    }
    return errno == EEXIST ? EEXIST : rename_over_own(from, to);
}

}  // namespace

outcome<entry> give_name(const entry& part, const entry& wanted, existing_file there) {
    if (there == existing_file::replace) {
        if (::renameat(part.folder_fd(), part.name.c_str(), wanted.folder_fd(), wanted.name.c_str()) != 0)
            return refused("rename to", wanted.shown(), errno);
        return wanted;
    }
    const std::size_t most = longest_name(wanted);
    for (int number = 1; number <= most_numbers; ++number) {
        entry to = wanted.beside(numbered(wanted.name, number, most));
        const int error = rename_to_new(part, to);
        if (error == 0) return to;
        if (error != EEXIST) return refused("rename to", to.shown(), error);
    }
    return refused("rename to", wanted.shown(), EEXIST);
}

}  // namespace mtproto::sink
