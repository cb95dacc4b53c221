// Session files: private, whole, one for each cluster.
#include "base/private_file.hpp"
#include "client/session_format.hpp"
#include "unit/client/session_files.hpp"
#include "unit/races.hpp"

#include <mtproto/session_store.hpp>

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

using namespace mtproto;
using test::check_equal;
using test::contents;
using test::folder;
using test::sample;
namespace fs = std::filesystem;

TEST_CASE("a session file gives back what it was given") {
    const folder here;
    {
        const auto store = file_session(here.path / "me.session");
        store->select("0123abcd");
        CHECK_FALSE(store->load().value().has_value());
        REQUIRE(store->save(sample()).has_value());
    }
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

TEST_CASE("one that others can read, write or run is refused with the remedy") {
    const folder here;
    const auto store = file_session(here.path / "me.session");
    store->select("aa");
    REQUIRE(store->save(sample()).has_value());
    for (const ::mode_t mode : {0640, 0604, 0660, 0620, 0602, 0601, 0610}) {
        REQUIRE(::chmod((here.path / "me.aa.session").c_str(), mode) == 0);
        const auto loaded = store->load();
        REQUIRE_FALSE(loaded.has_value());
        CHECK(loaded.error().code == errc::session_file);
        CHECK(loaded.error().detail.find("chmod 600") != std::string::npos);
    }
}

TEST_CASE("a file that another user owns is refused, and root takes none but its own, too") {
    struct ::stat about {};
    about.st_mode = S_IFREG | 0600;
    about.st_uid = 1000;
    CHECK(why_not_private(about, 1000, "x").empty());
    // Root, too: it could read it, but what it saved would lock the owner out.
    for (const ::uid_t me : {0u, 1001u})
        CHECK(why_not_private(about, me, "x").find("another user") != std::string::npos);
    about.st_mode = S_IFREG | 0400;
    CHECK(why_not_private(about, 1000, "x").empty());
    about.st_mode = S_IFIFO | 0600;
    CHECK(why_not_private(about, 1000, "x").find("regular file") != std::string::npos);
}

TEST_CASE("a pipe in the file's place is refused, and nobody waits for its other end") {
    const folder here;
    REQUIRE(::mkfifo((here.path / "me.aa.session").c_str(), 0600) == 0);
    const auto store = file_session(here.path / "me.session");
    store->select("aa");
    CHECK(store->load().error().detail.find("regular file") != std::string::npos);
}

TEST_CASE("folders that are missing are made for their owner alone, whatever the umask") {
    const folder here;
    const ::mode_t before = ::umask(0);
    const auto store = file_session(here.path / "a" / "b" / "me.session");
    store->select("aa");
    CHECK(store->save(sample()).has_value());
    ::umask(before);
    for (const char* made : {"a", "a/b"}) {
        struct ::stat about {};
        REQUIRE(::stat((here.path / made).c_str(), &about) == 0);
        CHECK((about.st_mode & 07777) == 0700);
    }
}

TEST_CASE("what another process is writing is seen by nobody else, and a leftover is in nobody's way") {
    const folder here;
    // Two containers on one volume are both process 1.
    const fs::path leftover = here.path / ("me.aa.session." + std::to_string(::getpid()) + ".tmp");
    std::ofstream(here.path / "elsewhere") << "x";
    fs::create_symlink(here.path / "elsewhere", leftover);
    std::ofstream(here.path / "me.aa.session.lock") << "";  // of one that was killed
    const auto store = file_session(here.path / "me.session");
    store->select("aa");
    CHECK(store->save(sample()).has_value());
    CHECK(contents(here.path / "elsewhere") == "x");
    CHECK(fs::is_symlink(leftover));  // perhaps another's, who is writing it
    CHECK(here.files() == 4);         // with its lock
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
    auto store = file_session(here.path / "sub" / "me.session");
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
    store.reset();
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

TEST_CASE("a symbolic link of one's own is followed, for reading and for writing, and stays a link") {
    const folder here;
    const auto real = [&] {
        auto made = file_session(here.path / "secrets" / "data" / "me.session");
        made->select("aa");
        return made;
    };
    REQUIRE(real()->save(sample()).has_value());
    // As Kubernetes mounts secrets.
    fs::create_symlink("data", here.path / "secrets" / "..now");
    fs::create_symlink("..now/me.aa.session", here.path / "secrets" / "me.aa.session");
    fs::create_symlink("secrets/me.aa.session", here.path / "me.aa.session");
    auto store = file_session(here.path / "me.session");
    store->select("aa");
    check_equal(*store->load().value(), sample());
    stored_session other = sample();
    other.user_id = 1;
    REQUIRE(store->save(other).has_value());
    CHECK(real()->load().error().code == errc::account_in_use);  // whatever the way to the file
    store.reset();
    check_equal(*real()->load().value(), other);
    CHECK(fs::is_symlink(here.path / "me.aa.session"));
    CHECK(fs::is_symlink(here.path / "secrets" / "me.aa.session"));
    CHECK(here.files() == 2);
}

TEST_CASE("a symbolic link of another user is not followed, nor one to what is no session") {
    struct ::stat about {};
    about.st_mode = S_IFLNK | 0777;
    about.st_uid = 1000;
    CHECK(why_not_followed(about, 1000).empty());
    for (const ::uid_t me : {0u, 1001u})
        CHECK(why_not_followed(about, me).find("link of another user") != std::string::npos);
    const folder here;
    std::ofstream(here.path / "elsewhere") << "x";
    const fs::path link = here.path / "me.aa.session";
    const auto store = file_session(here.path / "me.session");
    store->select("aa");
    fs::create_symlink(here.path / "elsewhere", link);
    CHECK(store->load().error().detail.find("chmod 600") != std::string::npos);
    CHECK_FALSE(store->save(sample()).has_value());
    CHECK(contents(here.path / "elsewhere") == "x");
    if (::lchown(link.c_str(), 65534, 65534) != 0) return;  // for root alone
    CHECK(store->load().error().detail.find("link of another user") != std::string::npos);
    CHECK_FALSE(store->save(sample()).has_value());
    CHECK(contents(here.path / "elsewhere") == "x");
}

TEST_CASE("a circle of links, and one to an open file, lead nowhere") {
    const folder here;
    fs::create_symlink("me.aa.session", here.path / "me.aa.session");
    const auto store = file_session(here.path / "me.session");
    store->select("aa");
    CHECK_FALSE(store->load().has_value());
    fs::remove(here.path / "me.aa.session");
    fs::create_symlink("/proc/self/fd/0", here.path / "me.aa.session");
    CHECK_FALSE(store->load().has_value());
    CHECK_FALSE(store->save(sample()).has_value());
    CHECK(fs::is_symlink(here.path / "me.aa.session"));
}

TEST_CASE("what cannot be read is not replaced: the store of another passphrase, or damage") {
    const folder here;
    const auto open = file_session(here.path / "me.session");
    open->select("aa");
    REQUIRE(open->save(sample()).has_value());
    const fs::path file = here.path / "me.aa.session";
    std::string data = contents(file);
    data[data.size() / 2] = static_cast<char>(data[data.size() / 2] ^ 1);
    std::ofstream(file, std::ios::binary) << data;
    bool asked = false;
    const auto changed = open->update([&](std::optional<stored_session>&) { return asked = true; });
    REQUIRE_FALSE(changed.has_value());
    CHECK(changed.error().code == errc::session_file);
    CHECK_FALSE(asked);
    CHECK(contents(file) == data);
    CHECK(here.files() == 2);  // with its lock
}

TEST_CASE("an edit that changes nothing writes nothing") {
    const folder here;
    const auto store = file_session(here.path / "me.session");
    store->select("aa");
    REQUIRE(store->save(sample()).has_value());
    struct ::stat before {
    }, after{};
    REQUIRE(::stat((here.path / "me.aa.session").c_str(), &before) == 0);
    const auto done = store->update([](std::optional<stored_session>& stored) {
        stored.reset();
        return false;
    });
    CHECK(done.has_value());
    REQUIRE(::stat((here.path / "me.aa.session").c_str(), &after) == 0);
    CHECK(before.st_ino == after.st_ino);
}

TEST_CASE("a session file is used by one at a time: from the first look until its store goes") {
    const folder here;
    const auto made = [&] {
        auto store = file_session(here.path / "me.session");
        store->select("aa");
        return store;
    };
    auto one = made();
    CHECK_FALSE(one->load().value().has_value());
    const auto other = made();
    for (int i = 0; i < 2; ++i) {
        const auto refused = other->load();
        REQUIRE_FALSE(refused.has_value());
        CHECK(refused.error().code == errc::account_in_use);
        CHECK(refused.error().detail.find("two users of one key end the login") != std::string::npos);
        CHECK(refused.error().detail.find("me.aa.session") != std::string::npos);
        CHECK(other->save(sample()).error().code == errc::account_in_use);
        CHECK(read_session(here.path / "me.session", "aa").has_value());  // looking is no use
        REQUIRE(one->save(sample()).has_value());
    }
    other->select("bb");  // another login
    CHECK(other->load().has_value());
    other->select("aa");
    one.reset();
    check_equal(*other->load().value(), sample());
    CHECK(made()->load().error().code == errc::account_in_use);
    other->select("bb");
    CHECK(made()->load().has_value());
}

TEST_CASE("processes that change one file at once lose nothing of each other") {
    const folder here;
    constexpr int processes = 4, changes = 40;
    std::vector<::pid_t> children;
    for (int each = 1; each <= processes; ++each) {
        const ::pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child != 0) {
            children.push_back(child);
            continue;
        }
        bool good = true;
        for (int i = 0; i < changes; ++i) {
            const auto store = file_session(here.path / "me.session");
            store->select("aa");
            const auto change = [&](std::optional<stored_session>& stored) {
                if (!stored) stored.emplace();
                ++stored->user_id;
                stored->dcs[each].auth_key.assign(256, static_cast<std::byte>(each));
                ++stored->dcs[each].salt;
                return true;
            };
            outcome<void> done = store->update(change);
            while (!done && done.error().code == errc::account_in_use) {
                ::usleep(1000);
                done = store->update(change);
            }
            good = good && done.has_value() && store->load().has_value();
        }
        ::_exit(good ? 0 : 1);
    }
    for (const ::pid_t child : children) {
        int how = 1;
        REQUIRE(::waitpid(child, &how, 0) == child);
        CHECK(how == 0);
    }
    auto store = file_session(here.path / "me.session");
    store->select("aa");
    const stored_session all = store->load().value().value();
    CHECK(all.user_id == processes * changes);
    for (int each = 1; each <= processes; ++each)
        CHECK(all.dcs.at(each).salt == changes);
    store.reset();
    CHECK(here.files() == 1);
}

TEST_CASE("races of two processes over a session file: never two holders, and no change is lost") {
    const folder here;
    const auto made = [&] {
        auto store = file_session(here.path / "me.session");
        store->select("aa");
        return store;
    };
    const int changes = test::race_of_two(made, test::races() / 2, here.path, 3);
    CHECK(made()->load().value()->user_id == changes);
}

TEST_CASE("where the lock is in other hands for good, a change is an error in the end") {
    const folder here;
    const auto store = file_session(here.path / "me.session");
    store->select("aa");
    SUBCASE("a lock file that is a link") {
        fs::create_symlink(here.path / "elsewhere", here.path / "me.aa.session.lock");
        CHECK_FALSE(store->save(sample()).has_value());
        CHECK_FALSE(fs::exists(here.path / "elsewhere"));
    }
    SUBCASE("a pipe") {
        REQUIRE(::mkfifo((here.path / "me.aa.session.lock").c_str(), 0600) == 0);
        CHECK_FALSE(store->save(sample()).has_value());
    }
    SUBCASE("a pipe for the lock of its use") {
        REQUIRE(::mkfifo((here.path / "me.aa.session.used").c_str(), 0600) == 0);
        CHECK(store->load().error().code == errc::session_file);
    }
}

TEST_CASE("removing it leaves nothing, and removing nothing is fine") {
    const folder here;
    auto store = file_session(here.path / "me.session");
    store->select("aa");
    CHECK(store->remove().has_value());
    REQUIRE(store->save(sample()).has_value());
    CHECK(store->remove().has_value());
    store.reset();
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
