// Follows links and looks at what they lead to.
#include "sink/target.hpp"

#include "sink/file_io.hpp"

#include <cerrno>
#include <climits>
#include <string>
#include <sys/stat.h>
#include <system_error>

namespace mtproto::sink {
namespace {

namespace fs = std::filesystem;

/// As many links as Linux follows.
constexpr int most_links = 40;

/// Where a chain of links leads, whether anything is there or not.
outcome<fs::path> followed(fs::path name) {
    std::error_code why;
    for (int links = 0; fs::is_symlink(fs::symlink_status(name, why)); ++links) {
        if (links == most_links) return refused("write", name, ELOOP);
        const fs::path next = fs::read_symlink(name, why);
        if (why) return refused("write", name, why.value());
        name = name.parent_path() / next;
    }
    return name;
}

}  // namespace

outcome<target> find_target(fs::path name) {
    outcome<fs::path> end = followed(std::move(name));
    if (!end) return end.error();
    target found;
    found.name = std::move(*end);
    struct stat there {};
    if (::stat(found.name.c_str(), &there) != 0) return found;
    if (S_ISDIR(there.st_mode)) return refused("write", found.name, EISDIR);
    found.device = S_ISCHR(there.st_mode);
    if (!found.device && !S_ISREG(there.st_mode))
        return failure(errc::io_failed, "cannot write " + found.name.string() + ": not a regular file");
    if (!found.device) found.mode = there.st_mode & (S_IRWXU | S_IRWXG | S_IRWXO);
    return found;
}

fs::path beside(const fs::path& name, const std::string& ending) {
    return name.parent_path() / (name.filename().string().substr(0, NAME_MAX - ending.size()) + ending);
}

}  // namespace mtproto::sink
