// Session files: private, whole, one for each cluster.
#include "client/session_format.hpp"

#include <mtproto/session_store.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <unistd.h>

using namespace mtproto;
namespace fs = std::filesystem;

namespace {

/// Gone at the end.
struct folder {
    folder() {
        std::string name = (fs::temp_directory_path() / "mtproto-session-XXXXXX").string();
        REQUIRE(::mkdtemp(name.data()) != nullptr);
        path = name;
    }
    ~folder() { fs::remove_all(path); }

    std::size_t files() const {
        return static_cast<std::size_t>(
            std::distance(fs::directory_iterator(path), fs::directory_iterator()));
    }

    fs::path path;
};

stored_session sample() {
    stored_session made;
    made.home_dc = 2;
    made.user_id = 0x123456789ab;
    made.bot = true;
    stored_dc& two = made.dcs[2];
    two.auth_key.assign(256, std::byte{7});
    two.salt = -5;
    two.authorized = true;
    made.dcs[4].auth_key.assign(256, std::byte{9});
    return made;
}

void check_equal(const stored_session& a, const stored_session& b) {
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

std::string contents(const fs::path& path) {
    std::ifstream in(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(in), {}};
}

}  // namespace

TEST_CASE("a session file gives back what it was given") {
    const folder here;
    const auto store = file_session(here.path / "me.session");
    store->select("0123abcd");
    CHECK_FALSE(store->load().value().has_value());
    REQUIRE(store->save(sample()).has_value());
    const auto again = file_session(here.path / "me.session");
    again->select("0123abcd");
    const auto loaded = again->load();
    REQUIRE(loaded.has_value());
    REQUIRE(loaded->has_value());
    check_equal(**loaded, sample());
}

TEST_CASE("it is readable by its owner alone, whatever the umask") {
    const folder here;
    const ::mode_t before = ::umask(0);
    const auto store = file_session(here.path / "me.session");
    store->select("aa");
    CHECK(store->save(sample()).has_value());
    ::umask(before);
    struct ::stat about {};
    REQUIRE(::stat((here.path / "me.aa.session").c_str(), &about) == 0);
    CHECK((about.st_mode & 07777) == 0600);
}

TEST_CASE("one that others can read is refused with the remedy") {
    const folder here;
    const auto store = file_session(here.path / "me.session");
    store->select("aa");
    REQUIRE(store->save(sample()).has_value());
    for (const ::mode_t mode : {0640, 0604, 0660}) {
        REQUIRE(::chmod((here.path / "me.aa.session").c_str(), mode) == 0);
        const auto loaded = store->load();
        REQUIRE_FALSE(loaded.has_value());
        CHECK(loaded.error().code == errc::session_file);
        CHECK(loaded.error().detail.find("chmod 600") != std::string::npos);
    }
}

TEST_CASE("clusters are kept apart by name, and the path without a name part gets one too") {
    const folder here;
    const auto store = file_session(here.path / "me.session");
    store->select("aa");
    REQUIRE(store->save(sample()).has_value());
    store->select("bb");
    CHECK_FALSE(store->load().value().has_value());
    CHECK(fs::exists(here.path / "me.aa.session"));
    CHECK_FALSE(fs::exists(here.path / "me.session"));
    const auto plain = file_session(here.path / "plain");
    plain->select("aa");
    REQUIRE(plain->save(sample()).has_value());
    CHECK(fs::exists(here.path / "plain.aa"));
}

TEST_CASE("saving replaces the file as a whole and leaves nothing beside it") {
    const folder here;
    const auto store = file_session(here.path / "sub" / "me.session");
    store->select("aa");
    REQUIRE(store->save(sample()).has_value());
    stored_session other = sample();
    other.user_id = 1;
    // A reader that has the old one open keeps it whole.
    std::ifstream old(here.path / "sub" / "me.aa.session", std::ios::binary);
    const std::string before = contents(here.path / "sub" / "me.aa.session");
    REQUIRE(store->save(other).has_value());
    const std::string seen{std::istreambuf_iterator<char>(old), {}};
    CHECK(seen == before);
    CHECK(store->load().value()->user_id == 1);
    CHECK(std::distance(fs::directory_iterator(here.path / "sub"), fs::directory_iterator()) == 1);
}

TEST_CASE("a place that cannot be written is an error that names it, and the old file stays") {
    const folder here;
    std::ofstream(here.path / "a file") << "x";
    const auto store = file_session(here.path / "a file" / "me.session");
    store->select("aa");
    const auto saved = store->save(sample());
    REQUIRE_FALSE(saved.has_value());
    CHECK(saved.error().code == errc::session_file);
    CHECK(saved.error().detail.find("a file") != std::string::npos);
    CHECK(here.files() == 1);
}

TEST_CASE("every damage to the file is noticed: any byte changed, any length cut") {
    const core::secret_buffer whole = core::encode_session(sample());
    std::vector<std::byte> data(whole.view().begin(), whole.view().end());
    CHECK(core::decode_session(data).has_value());
    for (std::size_t i = 0; i < data.size(); ++i) {
        data[i] ^= std::byte{0x40};
        REQUIRE_FALSE(core::decode_session(data).has_value());
        data[i] ^= std::byte{0x40};
        REQUIRE_FALSE(core::decode_session(byte_view(data).first(i)).has_value());
    }
    data.push_back(std::byte{0});
    CHECK_FALSE(core::decode_session(data).has_value());
}

TEST_CASE("of more data centres than a session holds, home and those with an authorization are kept") {
    stored_session many = sample();
    many.home_dc = 300;
    for (int dc = 101; dc <= 300; ++dc)
        many.dcs[dc].auth_key.assign(256, std::byte{1});
    many.dcs[299].authorized = true;
    const core::secret_buffer whole = core::encode_session(many);
    CHECK(whole.view().size() <= core::max_session_size);
    const auto again = core::decode_session(whole.view());
    REQUIRE(again.has_value());
    CHECK(again->dcs.size() == core::max_session_dcs);
    for (const int dc : {2, 299, 300})
        CHECK(again->dcs.contains(dc));
}

TEST_CASE("a damaged file is an error that says what to do, and is not overwritten by reading it") {
    const folder here;
    const auto store = file_session(here.path / "me.session");
    store->select("aa");
    REQUIRE(store->save(sample()).has_value());
    const fs::path file = here.path / "me.aa.session";
    std::string data = contents(file);
    data[data.size() / 2] = static_cast<char>(data[data.size() / 2] ^ 1);
    std::ofstream(file, std::ios::binary) << data;
    const auto loaded = store->load();
    REQUIRE_FALSE(loaded.has_value());
    CHECK(loaded.error().code == errc::session_file);
    CHECK(loaded.error().detail.find("log in again") != std::string::npos);
    CHECK(contents(file) == data);
}

TEST_CASE("a symbolic link in its place is not followed") {
    const folder here;
    std::ofstream(here.path / "elsewhere") << "x";
    fs::create_symlink(here.path / "elsewhere", here.path / "me.aa.session");
    const auto store = file_session(here.path / "me.session");
    store->select("aa");
    CHECK(store->load().error().code == errc::session_file);
    REQUIRE(store->save(sample()).has_value());
    CHECK(contents(here.path / "elsewhere") == "x");
}

TEST_CASE("removing it leaves nothing, and removing nothing is fine") {
    const folder here;
    const auto store = file_session(here.path / "me.session");
    store->select("aa");
    CHECK(store->remove().has_value());
    REQUIRE(store->save(sample()).has_value());
    CHECK(store->remove().has_value());
    CHECK(here.files() == 0);
}

TEST_CASE("a session in memory keeps clusters apart and forgets with remove") {
    const auto store = memory_session();
    store->select("aa");
    CHECK(store->save(sample()).has_value());
    check_equal(*store->load().value(), sample());
    store->select("bb");
    CHECK_FALSE(store->load().value().has_value());
    store->select("aa");
    CHECK(store->remove().has_value());
    CHECK_FALSE(store->load().value().has_value());
}
