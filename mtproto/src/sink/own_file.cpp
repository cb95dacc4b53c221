// Opens, and then looks at what was opened.
#include "sink/own_file.hpp"

#include "sink/file_io.hpp"
#include "sink/part_name.hpp"

#include <cerrno>
#include <fcntl.h>
#include <optional>
#include <string>

namespace mtproto::sink {
namespace {

/// What the system makes of a new file of ours in this folder. On a share or a stick the owner and the mode
/// are what the mount says, and a folder may give its group rights.
std::optional<struct ::stat> new_file_in(const entry& folder) {
    for (int tries = 0; tries < most_random_names; ++tries) {
        const entry trial = folder.beside("." + random_letters() + ".new");
        const unique_fd made(::openat(trial.folder_fd(), trial.name.c_str(),
                                      O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0666));
        if (!made && errno == EEXIST) continue;
        if (!made) return std::nullopt;
        struct ::stat about {};
        const bool seen = ::fstat(made.get(), &about) == 0;
        ::unlinkat(trial.folder_fd(), trial.name.c_str(), 0);
        if (seen) return about;
        return std::nullopt;
    }
    return std::nullopt;
}

/// Why others may write the file; empty when they may not.
std::string why_open_to_others(const entry& at, const struct ::stat& about) {
    const bool foreign = about.st_uid != ::geteuid();
    const mode_t open_to = about.st_mode & writable_by_others;
    if (!foreign && open_to == 0) return {};
    const std::optional<struct ::stat> fresh = new_file_in(at);
    if (foreign && (!fresh || fresh->st_uid != about.st_uid)) return "belongs to another user";
    if (open_to != 0 && (!fresh || (open_to & ~fresh->st_mode) != 0)) return "can be written by other users";
    return {};
}

/// Why the file is not this user's alone; empty when it is.
std::string why_not_own(const entry& at, const struct ::stat& about) {
    if (!S_ISREG(about.st_mode)) return "is not a regular file";
    if (about.st_nlink > 1) return "has another name, too (a hard link)";
    return why_open_to_others(at, about);
}

failure not_own(const entry& at, const std::string& why) {
    return {errc::io_failed, at.shown().string() + " " + why + "; move it away, or choose another name"};
}

}  // namespace

outcome<unique_fd> open_own(const entry& at, int flags, mode_t mode) {
    constexpr int always = O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC;
    const bool create = (flags & O_CREAT) != 0;
    unique_fd opened(::openat(at.folder_fd(), at.name.c_str(), flags | always, mode));
    if (!opened && errno == ENOENT && !create) return opened;
    if (!opened && errno == ELOOP) return not_own(at, "is a link, which is not followed");
    if (!opened) return refused(create ? "create" : "read", at.shown(), errno);
    struct ::stat about {};
    if (::fstat(opened.get(), &about) != 0) return refused("look at", at.shown(), errno);
    if (const std::string why = why_not_own(at, about); !why.empty()) return not_own(at, why);
    return opened;
}

bool is_safe(const entry& at, int descriptor) {
    struct ::stat about {};
    return ::fstat(descriptor, &about) == 0 && S_ISREG(about.st_mode) &&
           why_open_to_others(at, about).empty();
}

}  // namespace mtproto::sink
