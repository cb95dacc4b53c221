// Walks along a path one folder at a time, so that each link is seen before it is followed.
#include "sink/entry.hpp"

#include "sink/file_io.hpp"

#include <array>
#include <cerrno>
#include <climits>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/vfs.h>
#include <system_error>
#include <utility>

namespace mtproto::sink {
namespace {

namespace fs = std::filesystem;

/// As many links as Linux follows.
constexpr int most_links = 40;
/// O_DIRECTORY also makes an automounter mount what is to be there.
constexpr int a_folder = O_PATH | O_DIRECTORY | O_CLOEXEC;

std::shared_ptr<const unique_fd> shared(int opened) {
    return std::make_shared<const unique_fd>(opened);
}

/// Goes from `here` into its folder of that name.
outcome<void> enter(entry& here, const std::string& name, int& links) {
    const fs::path shown = here.shown_folder / name;
    if (unique_fd opened(::openat(here.folder_fd(), name.c_str(), a_folder | O_NOFOLLOW)); opened) {
        here.folder = shared(opened.release());
        here.shown_folder = shown;
        return {};
    }
    if (errno != ENOTDIR && errno != ELOOP) return refused("open", shown, errno);
    const unique_fd link(::openat(here.folder_fd(), name.c_str(), O_PATH | O_NOFOLLOW | O_CLOEXEC));
    if (!link) return refused("open", shown, errno);
    const outcome<fs::path> text = text_of_link(here.beside(name), link.get(), links);
    if (!text) return text.error();
    if (is_in_proc(link.get())) {
        unique_fd opened(::openat(here.folder_fd(), name.c_str(), a_folder));
        if (!opened) return refused("open", shown, errno);
        here.folder = shared(opened.release());
        here.shown_folder = shown;
        return {};
    }
    outcome<entry> there = find_entry(*text, &here, links);
    if (!there) return there.error();
    here = std::move(*there);
    const std::string last = std::exchange(here.name, {});
    return last.empty() || last == "." ? outcome<void>() : enter(here, last, links);
}

}  // namespace

bool may_be_used(const struct ::stat& thing, const struct ::stat& folder) noexcept {
    if ((folder.st_mode & (S_IWGRP | S_IWOTH)) == 0) return true;
    return thing.st_uid == ::geteuid() || thing.st_uid == folder.st_uid;
}

outcome<fs::path> text_of_link(const entry& at, int link, int& links) {
    struct ::stat about {};
    struct ::stat folder {};
    if (::fstat(link, &about) != 0 || ::fstat(at.folder_fd(), &folder) != 0)
        return refused("look at", at.shown(), errno);
    if (!S_ISLNK(about.st_mode)) return refused("open", at.shown(), ENOTDIR);
    if (!may_be_used(about, folder))
        return failure(errc::io_failed, "the link " + at.shown().string() +
                                            " is not followed: it is another user's, in a folder that "
                                            "others may write");
    if (++links > most_links) return refused("follow", at.shown(), ELOOP);
    std::array<char, PATH_MAX> text;
    const ssize_t size = ::readlinkat(link, "", text.data(), text.size());
    if (size < 0) return refused("follow", at.shown(), errno);
    return fs::path(std::string(text.data(), static_cast<std::size_t>(size)));
}

bool is_in_proc(int descriptor) noexcept {
    struct ::statfs about {};
    return ::fstatfs(descriptor, &about) == 0 && about.f_type == PROC_SUPER_MAGIC;
}

outcome<entry> find_entry(const fs::path& name, const entry* from, int& links) {
    entry here;
    if (name.is_absolute()) {
        here.folder = shared(::open("/", a_folder));
        here.shown_folder = "/";
    } else if (from != nullptr) {
        here = from->beside({});
    } else {
        here.folder = shared(::open(".", a_folder));
    }
    if (!*here.folder) return refused("open", name, errno);
    for (const fs::path& part : name.parent_path().relative_path()) {
        if (part.empty() || part == ".") continue;
        if (const outcome<void> done = enter(here, part.string(), links); !done) return done.error();
    }
    here.name = name.filename().string();
    return here;
}

outcome<entry> find_entry(const fs::path& name) {
    int links = 0;
    return find_entry(name, nullptr, links);
}

std::size_t longest_name(const entry& at) noexcept {
    const long told = ::fpathconf(at.folder_fd(), _PC_NAME_MAX);
    return told > 0 ? static_cast<std::size_t>(told) : std::size_t{NAME_MAX};
}

}  // namespace mtproto::sink
