// Logins in SQLite: many in one file, one process each, and every way in which a file can be bad.
#include "store_sqlite/database.hpp"
#include "unit/client/session_files.hpp"
#include "unit/races.hpp"

#include <mtproto/store_sqlite.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <sqlite3.h>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace mtproto;
using namespace std::chrono_literals;
using test::check_equal;
using test::contents;
using test::folder;
using test::sample;
namespace fs = std::filesystem;

namespace {

struct place : folder {
    sqlite_options options(duration ttl = 30s) const {
        sqlite_options made(file);
        made.lease = lease_times(ttl);
        return made;
    }
    std::shared_ptr<session_store> store(const std::string& account = "me", duration ttl = 30s,
                                         const fs::path& key = {}) const {
        sqlite_options with = options(ttl);
        with.key_file = key;
        auto made = sqlite_session(with, account);
        made->select("aa");
        return made;
    }
    fs::path key(const std::string& name, const std::string& text) const {
        std::ofstream(path / name, std::ios::binary) << text;
        fs::permissions(path / name, fs::perms::owner_read | fs::perms::owner_write);
        return path / name;
    }
    /// As any program could.
    void sql(const std::string& text) const {
        sqlite3* db = nullptr;
        REQUIRE(sqlite3_open(file.c_str(), &db) == SQLITE_OK);
        CHECK(sqlite3_exec(db, text.c_str(), nullptr, nullptr, nullptr) == SQLITE_OK);
        CHECK(sqlite3_close(db) == SQLITE_OK);
    }
    void write(const std::string& data) const {
        fs::remove(file.string() + "-wal");
        fs::remove(file.string() + "-shm");
        std::ofstream(file, std::ios::binary) << data;
        fs::permissions(file, fs::perms::owner_read | fs::perms::owner_write);
    }

    fs::path file = path / "logins.db";
};

void holds(const failure& why, const char* words, errc code = errc::session_file) {
    CAPTURE(why.detail);
    CHECK(why.code == code);
    CHECK(why.detail.find(words) != std::string::npos);
}

template <class Body>
int in_child(Body body) {
    const ::pid_t child = ::fork();
    REQUIRE(child >= 0);
    if (child == 0) ::_exit(body());
    int how = 1;
    REQUIRE(::waitpid(child, &how, 0) == child);
    return WIFEXITED(how) ? WEXITSTATUS(how) : -1;
}

}  // namespace

TEST_CASE("one file holds many accounts on many clusters, for its owner alone") {
    const place here;
    stored_session other = sample();
    other.user_id = 1;
    {
        const auto me = here.store("me"), you = here.store("you");
        CHECK_FALSE(me->load().value().has_value());
        REQUIRE(me->save(sample()).has_value());
        REQUIRE(you->save(other).has_value());
        you->select("bb");
        CHECK_FALSE(you->load().value().has_value());
        REQUIRE(you->save(sample()).has_value());
        for (const char* each : {"", "-wal", "-shm"}) {
            struct ::stat about {};
            REQUIRE(::stat((here.file.string() + each).c_str(), &about) == 0);
            CHECK((about.st_mode & 07777) == 0600);
        }
    }
    check_equal(*here.store("me")->load().value(), sample());
    check_equal(*here.store("you")->load().value(), other);
    CHECK(sqlite_accounts(here.options(), "aa").value() == std::vector<std::string>{"me", "you"});
    CHECK(sqlite_accounts(here.options(), "bb").value() == std::vector<std::string>{"you"});
    REQUIRE(here.store("me")->remove().has_value());
    CHECK(sqlite_accounts(here.options(), "aa").value() == std::vector<std::string>{"you"});
    CHECK_FALSE(here.store("me")->load().value().has_value());
    CHECK(sqlite_accounts(sqlite_options(here.path / "none.db"), "aa").value().empty());
    CHECK_FALSE(fs::exists(here.path / "none.db"));
}

TEST_CASE("an account in SQLite is used by one at a time, and its fence grows") {
    const place here;
    auto one = here.store();
    REQUIRE(one->save(sample()).has_value());
    const std::int64_t fence = one->lease()->fence();
    const auto other = here.store();
    holds(other->load().error(), "two users of one key end the login", errc::account_in_use);
    holds(other->save(sample()).error(), "in use by another process", errc::account_in_use);
    CHECK(other->lease() == nullptr);
    CHECK(here.store("you")->load().has_value());
    one.reset();
    check_equal(*other->load().value(), sample());
    CHECK(other->lease()->fence() > fence);
    CHECK(other->lease()->held_until() > system_clock().now());
    other->select("bb");
    CHECK(here.store()->load().has_value());
}

TEST_CASE("a process that was killed keeps an account for the time of its lease, and no longer") {
    const place here;
    CHECK(in_child([&] { return here.store("me", 600ms)->save(sample()).has_value() ? 0 : 1; }) == 0);
    CHECK(in_child([&] {
              const auto store = here.store("me", 600ms);
              ::_exit(store->load().has_value() ? 0 : 1);
              return 0;
          }) == 0);
    holds(here.store("me", 600ms)->load().error(), "its lease ends in 1 s", errc::account_in_use);
    std::this_thread::sleep_for(700ms);
    check_equal(*here.store("me", 600ms)->load().value(), sample());
}

TEST_CASE("a lease that became another's fails the write, and is lost at the next renewal") {
    const place here;
    auto store = here.store("me", 900ms);
    REQUIRE(store->save(sample()).has_value());
    here.sql("UPDATE lease SET token = 'another'");
    stored_session changed = sample();
    changed.user_id = 1;
    holds(store->save(changed).error(), "lease on the account is lost", errc::account_in_use);
    std::this_thread::sleep_for(500ms);
    CHECK(store->lease()->state() == lease_state::lost);
    here.sql("UPDATE lease SET token = NULL");
    holds(store->save(changed).error(), "lease on the account is lost", errc::account_in_use);
    check_equal(*store->load().value(), sample());  // under a new lease
    CHECK(store->save(changed).has_value());
}

TEST_CASE("a row of another start of the machine counts by the calendar, as far as that can be") {
    const place here;
    REQUIRE(here.store()->save(sample()).has_value());
    const auto taken = [&](const std::string& until) {
        here.sql(
            "UPDATE lease SET token = 'x', clock = 'another', ttl = 30000, until = 0, "
            "wall_until = CAST(strftime('%s') AS INTEGER) * 1000 + " +
            until);
        return here.store()->load().has_value();
    };
    CHECK_FALSE(taken("20000"));
    CHECK(taken("-2000"));
    CHECK(taken("3600000"));  // the clock was wrong before
}

TEST_CASE("values are encrypted under the key of a file, each for its place") {
    const place here;
    const fs::path key = here.key("key", std::string(32, 'k'));
    const fs::path digits =
        here.key("digits", "6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6b6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B6B\n");
    REQUIRE(here.store("me", 30s, key)->save(sample()).has_value());
    check_equal(*here.store("me", 30s, digits)->load().value(), sample());
    for (const char* each : {"", "-wal"})
        CHECK(contents(here.file.string() + each).find(std::string(16, '\7')) == std::string::npos);
    holds(here.store("me")->load().error(), "is encrypted; give the file with its key");
    const fs::path other = here.key("other", std::string(32, 'x'));
    {
        const auto wrong = here.store("me", 30s, other);
        holds(wrong->load().error(), "under another key");
        holds(wrong->save(sample()).error(), "under another key");
    }
    here.sql("UPDATE session SET account = 'ye'");
    holds(here.store("ye", 30s, key)->load().error(), "moved it here");
    here.sql("UPDATE session SET account = 'me'");
    check_equal(*here.store("me", 30s, key)->load().value(), sample());
    holds(here.store("me", 30s, here.key("short", std::string(31, 'k')))->load().error(), "holds no key");
    holds(here.store("me", 30s, here.path / "missing")->load().error(), "is not there");
    fs::permissions(key, fs::perms::group_read, fs::perm_options::add);
    holds(here.store("me", 30s, key)->load().error(), "chmod 600");
    here.sql("DELETE FROM session");
    REQUIRE(here.store("me")->save(sample()).has_value());
    holds(here.store("me", 30s, other)->load().error(), "is not encrypted");
}

TEST_CASE("a database of a newer version, or of another program, is refused and left as it is") {
    const place here;
    const char* words = "";
    SUBCASE("newer") {
        REQUIRE(here.store()->save(sample()).has_value());
        here.sql("PRAGMA user_version = 2");
        words = "newer version";
    }
    SUBCASE("another program's") {
        here.sql("CREATE TABLE mine(x)");
        words = "another program";
    }
    SUBCASE("text") {
        here.write(std::string(9000, 'x'));
        words = "no database";
    }
    fs::permissions(here.file, fs::perms::owner_read | fs::perms::owner_write);
    const std::string before = contents(here.file);
    holds(here.store()->load().error(), words);
    holds(here.store()->save(sample()).error(), words);
    holds(sqlite_leases(here.options())->take("me").error(), words);
    holds(sqlite_accounts(here.options(), "aa").error(), words);
    CHECK(contents(here.file) == before);
}

TEST_CASE("a database that others can read, or that is no file of ours, is refused") {
    const place here;
    REQUIRE(here.store()->save(sample()).has_value());
    fs::permissions(here.file, fs::perms::group_read, fs::perm_options::add);
    holds(here.store()->load().error(), "chmod 600");
    fs::remove(here.file);
    fs::create_directory(here.file);
    holds(here.store()->load().error(), "regular file");
    std::ofstream(here.path / "a file") << "x";
    const auto below = sqlite_session(sqlite_options(here.path / "a file" / "x.db"), "me");
    holds(below->load().error(), "cannot be made");
}

TEST_CASE("a database that is cut, or has a byte changed, gives the login or an error") {
    const place here;
    {
        const auto all = here.store("me");
        REQUIRE(all->save(sample()).has_value());
        REQUIRE(here.store("you")->save(sample()).has_value());
    }
    const std::string whole = contents(here.file);
    REQUIRE(whole.size() > 8192);
    const auto gives_login = [&](const std::string& data) {
        here.write(data);
        const auto found = here.store("me", 10s)->load();
        if (!found) {
            REQUIRE(found.error().code == errc::session_file);
            return false;
        }
        REQUIRE(found->has_value());
        check_equal(**found, sample());
        return true;
    };
    for (std::size_t size = 1; size < whole.size(); size += 997)
        REQUIRE_FALSE(gives_login(whole.substr(0, size)));
    const std::size_t value = whole.rfind("MTPS\1");
    REQUIRE(value != std::string::npos);
    const auto changed = [&](std::size_t at) {
        CAPTURE(at);
        std::string data = whole;
        data[at] = static_cast<char>(data[at] ^ 0x11);
        return gives_login(data);
    };
    for (std::size_t at = value; at < value + 600; at += at < value + 20 ? 1 : 29)
        REQUIRE_FALSE(changed(at));
    for (std::size_t at = 0; at < value; at += at < 100 ? 7 : 409)
        changed(at);
}

TEST_CASE("a disk that is full is an error, and what was stored stays") {
    const place here;
    REQUIRE(here.store()->save(sample()).has_value());
    const int code = in_child([&] {
        const auto store = here.store("me", 600ms);
        if (!store->load().has_value()) return 1;
        ::signal(SIGXFSZ, SIG_IGN);
        const ::rlimit limit{8192, 8192};
        ::setrlimit(RLIMIT_FSIZE, &limit);
        stored_session large = sample();
        for (int dc = 5; dc < 60; ++dc)
            large.dcs[dc].auth_key.assign(256, std::byte{1});
        const auto done = store->save(large);
        if (done || done.error().code != errc::session_file) return 2;
        return done.error().detail.find("no room left") != std::string::npos ? 0 : 3;
    });
    CHECK(code == 0);
    std::this_thread::sleep_for(700ms);  // it could not give its lease back
    check_equal(*here.store()->load().value(), sample());
}

TEST_CASE("a folder that cannot be written is an error that says so") {
    const place here;
    REQUIRE(here.store()->save(sample()).has_value());
    const int code = in_child([&] {
        if (::geteuid() == 0)  // may write anywhere
            for (const fs::path& each : {here.path, here.file})
                if (::chown(each.c_str(), 65534, 65534) != 0) return 1;
        fs::permissions(here.path, fs::perms(0555));
        fs::permissions(here.file, fs::perms(0400));
        if (::geteuid() == 0 && ::setuid(65534) != 0) return 2;
        const auto found = here.store()->load();
        if (found || found.error().code != errc::session_file) return 3;
        return found.error().detail.find("cannot be written") != std::string::npos ? 0 : 4;
    });
    CHECK(code == 0);
    fs::permissions(here.path, fs::perms(0700));
}

TEST_CASE("a database that another program locks is an error in the end") {
    const place here;
    REQUIRE(here.store()->save(sample()).has_value());
    auto one = store_sqlite::database::open(here.file, false);
    auto other = store_sqlite::database::open(here.file, false);
    REQUIRE((one.has_value() && other.has_value()));
    const auto held = store_sqlite::transaction::begin(**one);
    REQUIRE(held.has_value());
    (*other)->wait_at_most(20ms);
    holds(store_sqlite::transaction::begin(**other).error(), "locked by another program");
}

TEST_CASE("leases in a database stand for themselves") {
    const place here;
    const auto leases = sqlite_leases(here.options());
    auto one = leases->take("me");
    REQUIRE(one.has_value());
    holds(sqlite_leases(here.options())->take("me").error(), "another process", errc::account_in_use);
    CHECK(leases->take("you").has_value());
    const std::int64_t fence = (*one)->fence();
    one->reset();
    CHECK((*leases->take("me"))->fence() == fence + 1);
}

TEST_CASE("processes that make the same database at once all find it whole") {
    const place here;
    std::vector<::pid_t> children;
    for (int each = 0; each < 4; ++each) {
        const ::pid_t child = ::fork();
        REQUIRE(child >= 0);
        if (child == 0) ::_exit(here.store(std::to_string(each))->save(sample()).has_value() ? 0 : 1);
        children.push_back(child);
    }
    for (const ::pid_t child : children) {
        int how = 1;
        REQUIRE(::waitpid(child, &how, 0) == child);
        CHECK(how == 0);
    }
    CHECK(sqlite_accounts(here.options(), "aa")->size() == 4);
}

TEST_CASE("races of two processes over SQLite: never two holders, and no change is lost") {
    const place here;
    const int changes =
        test::race_of_two([&] { return here.store("me", 1s); }, test::races() / 2, here.path, 1);
    std::this_thread::sleep_for(1100ms);
    CHECK(here.store()->load().value()->user_id == changes);
}
