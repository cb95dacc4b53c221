// A folder for session files, a session to put there, and looking at both.
#pragma once

#include <mtproto/session_store.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

namespace mtproto::test {

/// Gone at the end.
struct folder {
    folder() {
        std::string name = (std::filesystem::temp_directory_path() / "mtproto-session-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~folder() { std::filesystem::remove_all(path); }

    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(std::filesystem::directory_iterator(path), std::filesystem::directory_iterator()));
    }

    std::filesystem::path path;
};

/// As on a file system without locks: others use the session at `file`, too.
inline void lose_lock(const std::filesystem::path& file) {
    REQUIRE(std::filesystem::remove(file.string() + ".used"));
}

inline mtproto::stored_session sample() {
    mtproto::stored_session made;
    made.home_dc = 2;
    made.user_id = 0x123456789ab;
    made.bot = true;
    mtproto::stored_dc& two = made.dcs[2];
    two.auth_key.assign(256, std::byte{7});
    two.salt = -5;
    two.authorized = true;
    made.dcs[4].auth_key.assign(256, std::byte{9});
    return made;
}

inline void check_equal(const mtproto::stored_session& a, const mtproto::stored_session& b) {
    CHECK(a.home_dc == b.home_dc);
    CHECK(a.user_id == b.user_id);
    CHECK(a.bot == b.bot);
    REQUIRE(a.dcs.size() == b.dcs.size());
    for (const auto& [dc, one] : a.dcs) {
        REQUIRE(b.dcs.contains(dc));
        CHECK(one.auth_key == b.dcs.at(dc).auth_key);
        CHECK(one.salt == b.dcs.at(dc).salt);
        CHECK(one.authorized == b.dcs.at(dc).authorized);
    }
}

inline std::string contents(const std::filesystem::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace mtproto::test
