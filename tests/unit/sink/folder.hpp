// A folder for a test, and what stands in it.
#pragma once

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <sys/stat.h>
#include <unistd.h>
#include <vector>

namespace mtproto::test {

/// Somebody else, for tests that run as root.
inline constexpr uid_t nobody = 65534;

class folder {
  public:
    explicit folder(mode_t mode = 0700) {
        std::string made = (std::filesystem::temp_directory_path() / "mtproto_sink_XXXXXX").string();
        REQUIRE(::mkdtemp(made.data()) != nullptr);
        path_ = made;
        REQUIRE(::chmod(made.c_str(), mode) == 0);
    }
    folder(const folder&) = delete;
    folder& operator=(const folder&) = delete;
    ~folder() { std::filesystem::remove_all(path_); }

    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    std::size_t entries() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator()));
    }

  private:
    std::filesystem::path path_;
};

inline std::string read(const std::filesystem::path& name) {
    std::ifstream in(name, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

inline void write(const std::filesystem::path& name, const std::string& text) {
    std::ofstream(name, std::ios::binary) << text;
}

/// Whether files can be given to somebody else here; says so where they cannot.
inline bool may_give_away() {
    const bool root = ::geteuid() == 0;
    if (!root) MESSAGE("not root: no file can be given to another user, and less of them is tried");
    return root;
}

}  // namespace mtproto::test
