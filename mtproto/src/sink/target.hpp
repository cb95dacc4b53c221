// The file that a user named, with what is there now.
#pragma once

#include <mtproto/error.hpp>

#include <filesystem>
#include <optional>
#include <sys/types.h>

namespace mtproto::sink {

struct target {
    std::filesystem::path name;  ///< links followed: what they name is replaced, and they stay
    std::optional<mode_t> mode;  ///< permissions of the regular file that is there
    /// Written as it is: renaming over a device would put a file in its place, with enough rights even over
    /// /dev/null.
    bool device = false;
};

/// Errors: errc::io_failed for a folder, a pipe, links that go in circles.
outcome<target> find_target(std::filesystem::path name);

/// NAME and `ending` behind it, beside `name`; a name that is as long as the system allows loses its own end.
std::filesystem::path beside(const std::filesystem::path& name, const std::string& ending);

}  // namespace mtproto::sink
