// A name in a folder that is held open.
#pragma once

#include "sink/unique_fd.hpp"

#include <mtproto/error.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <sys/stat.h>

namespace mtproto::sink {

/// Nothing that others do to the folders on the way there changes which folder this is.
struct entry {
    std::shared_ptr<const unique_fd> folder;  ///< opened with O_PATH
    std::filesystem::path shown_folder;       ///< its path, for people
    std::string name;                         ///< the last part of the path; may be "", "." or ".."

    /// Another name in the same folder.
    entry beside(std::string other) const { return {folder, shown_folder, std::move(other)}; }
    std::filesystem::path shown() const { return shown_folder / name; }
    int folder_fd() const noexcept { return folder->get(); }
};

/// Whether a link, a pipe or a device with these attributes may be used where it stands. The kernel's rule
/// for links in /tmp (fs.protected_symlinks), held in every folder that others than its owner may write:
/// this user's own may be, and those of the folder's owner.
bool may_be_used(const struct ::stat& thing, const struct ::stat& folder) noexcept;

/// Opens the folders on the way to `name`, and follows links by that rule; its last part is not looked at.
/// `from` is where a relative name begins; without it, the working directory. `links` counts those that were
/// followed.
outcome<entry> find_entry(const std::filesystem::path& name, const entry* from, int& links);
outcome<entry> find_entry(const std::filesystem::path& name);

/// What a link says, if the rule above allows to follow it. `link` is opened with O_PATH.
outcome<std::filesystem::path> text_of_link(const entry& at, int link, int& links);

/// Whether an open file lies in /proc, where the text of a link is not what it leads to.
bool is_in_proc(int descriptor) noexcept;

/// The most bytes of a name in this folder, as far as the file system says it.
std::size_t longest_name(const entry& at) noexcept;

}  // namespace mtproto::sink
