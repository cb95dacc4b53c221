// Where a download goes.
#pragma once

#include <filesystem>
#include <string>
#include <system_error>
#include <vector>

namespace mtpipe {

/// Folders that were made for a download. Without keep() they go again, unless something is in them.
class made_folders {
  public:
    made_folders() = default;
    made_folders(made_folders&&) = default;
    made_folders& operator=(made_folders&&) = delete;
    ~made_folders();

    /// Makes `folder` and those above it that are not there.
    std::error_code make(const std::filesystem::path& folder);
    void keep() noexcept { made_.clear(); }

  private:
    std::vector<std::filesystem::path> made_;  ///< outermost first
};

struct destination {
    bool is_stdout = false;
    std::filesystem::path path = {};  ///< of the file, when it is none
    made_folders folders = {};
};

/// What `-o out` means for a file of that name. A folder that is there, or a name that ends in /, takes the
/// file under its own name; if `mp4`, with .mp4 in place of the ending of a media file, or behind it. Throws
/// command_error.
destination choose_destination(const std::string& out, const std::string& name, bool mp4);

}  // namespace mtpipe
