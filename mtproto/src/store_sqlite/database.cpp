// SQLite's calls, and what its errors mean for whoever keeps a login there.
#include "store_sqlite/database.hpp"

#include "base/private_file.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>
#include <utility>

namespace mtproto::store_sqlite {
namespace {

namespace fs = std::filesystem;

constexpr std::int64_t application = 0x4d545053;  // "MTPS"
constexpr std::int64_t version = 1;

constexpr ::off_t least_size = 512;  // of a page

constexpr const char* damaged =
    "is damaged, or no database; it is left as it is: bring back a copy, or choose another place";

constexpr const char* tables =
    "CREATE TABLE session(cluster TEXT NOT NULL, account TEXT NOT NULL, value BLOB NOT NULL,"
    " PRIMARY KEY(cluster, account)) STRICT;"
    // A row stays when its lease ends: the fence only grows.
    "CREATE TABLE lease(name TEXT NOT NULL PRIMARY KEY, token TEXT, fence INTEGER NOT NULL,"
    " clock TEXT NOT NULL, until INTEGER NOT NULL, wall_until INTEGER NOT NULL, ttl INTEGER NOT NULL) STRICT;"
    "PRAGMA application_id = 1297371219;"
    "PRAGMA user_version = 1";

/// Empty when it may be used, or is not there.
std::string why_not_used(const fs::path& file) {
    struct ::stat about {};
    if (::lstat(file.c_str(), &about) != 0) return {};
    if (S_ISLNK(about.st_mode))
        if (std::string why = why_not_followed(about, ::geteuid()); !why.empty()) return why;
    if (::stat(file.c_str(), &about) != 0) return {};
    if (std::string why = why_not_private(about, ::geteuid(), file); !why.empty()) return why;
    // SQLite would take it for an empty one, and begin anew.
    if (about.st_size > 0 && about.st_size < least_size) return damaged;
    return {};
}

/// 0, or the error. SQLite gives the files beside it the mode of this one.
int make_file(const fs::path& file) {
    if (file.has_parent_path() && !fs::exists(file.parent_path())) {
        std::error_code failed;
        fs::create_directories(file.parent_path(), failed);
        if (failed) return failed.value();
        fs::permissions(file.parent_path(), fs::perms::owner_all, failed);
    }
    const int made = ::open(file.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, S_IRUSR | S_IWUSR);
    if (made < 0) return errno == EEXIST ? 0 : errno;
    ::fchmod(made, S_IRUSR | S_IWUSR);
    ::close(made);
    return 0;
}

}  // namespace

failure database::failed(const std::string& why) const {
    return {errc::session_file, file_.string() + " " + why};
}

failure database::error() const {
    sqlite3* const of = connection_.get();
    const int code = sqlite3_extended_errcode(of);
    switch (code & 0xff) {
        case SQLITE_BUSY:
        case SQLITE_LOCKED:
            return failed("is locked by another program that does not come to an end");
        case SQLITE_CORRUPT:
        case SQLITE_NOTADB:
            return failed(damaged);
        case SQLITE_READONLY:
        case SQLITE_CANTOPEN:
        case SQLITE_PERM:
            return failed("cannot be written; see to the file and its folder");
        case SQLITE_FULL:
            return failed("has no room left on its disk; nothing was changed");
        case SQLITE_IOERR:
            // A quota, or a limit on the size of files; SQLite calls only a full disk full.
            if (code == SQLITE_IOERR_WRITE)
                return failed("has no room left, or its disk is broken; nothing was changed");
            break;
        default:
            break;
    }
    return failed("cannot be used: " + std::string(sqlite3_errmsg(of)));
}

outcome<std::unique_ptr<database>> database::open(const fs::path& file, bool proved) {
    std::unique_ptr<database> made(new database(file));
    if (const std::string why = why_not_used(file); !why.empty()) return made->failed(why);
    if (const int error = make_file(file); error != 0)
        return made->failed("cannot be made: " + std::generic_category().message(error) +
                            "; see to its folder, or choose another place");
    sqlite3* opened = nullptr;
    const int done =
        sqlite3_open_v2(file.c_str(), &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_EXRESCODE, nullptr);
    made->connection_.reset(opened);
    if (opened == nullptr) return made->failed("cannot be opened: there is no memory");
    if (done != SQLITE_OK) return made->error();
    made->wait_at_most(patience);
    if (const outcome<void> ready = made->make_ready(proved); !ready) return ready.error();
    return made;
}

void database::wait_at_most(duration patience) {
    using std::chrono::milliseconds;
    const auto whole = std::chrono::duration_cast<milliseconds>(patience).count();
    sqlite3_busy_timeout(connection_.get(), static_cast<int>(std::clamp<std::int64_t>(whole, 1, 60'000)));
}

/// Nothing is written before it is certain that the file is ours.
outcome<void> database::make_ready(bool proved) {
    sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_DEFENSIVE, 1, nullptr);
    sqlite3_db_config(connection_.get(), SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0, nullptr);
    if (outcome<void> checked = run("PRAGMA cell_size_check = ON"); !checked) return checked;
    // In one look: another process may be making it.
    if (outcome<void> begun = run("BEGIN"); !begun) return begun;
    const outcome<std::int64_t> owner = number("PRAGMA application_id");
    if (!owner) return owner.error();
    const outcome<std::int64_t> found = number("PRAGMA user_version");
    if (!found) return found.error();
    const outcome<std::int64_t> objects = number("SELECT count(*) FROM sqlite_schema");
    if (!objects) return objects.error();
    if (outcome<void> looked = run("COMMIT"); !looked) return looked;
    const bool fresh = *owner == 0 && *objects == 0;
    if (!fresh && *owner != application)
        return failed("is a database of another program; it is left as it is: choose another place");
    if (!fresh) {
        if (*found > version)
            return failed(
                "was written by a newer version of the library; it is left as it is: update this "
                "program");
        if (*found < version) return failed("is damaged: it has no version; it is left as it is");
    }
    if (proved && !fresh) {
        outcome<statement> check = prepare("PRAGMA integrity_check(1)");
        if (!check) return check.error();
        const outcome<bool> row = check->step();
        if (!row) return row.error();
        if (check->text(0) != "ok") return failed(damaged);
    }
    if (outcome<void> journal = keep_journal(); !journal) return journal;
    if (outcome<void> synced = run("PRAGMA synchronous = FULL"); !synced) return synced;
    return fresh ? make_tables() : outcome<void>();
}

/// SQLite does not wait for others when it changes the kind of journal.
outcome<void> database::keep_journal() {
    const time_point begun = system_clock().now();
    for (;;) {
        const outcome<void> done = run("PRAGMA journal_mode = WAL");
        const bool busy = !done && (sqlite3_errcode(connection_.get()) & 0xff) == SQLITE_BUSY;
        if (!busy || system_clock().now() - begun > patience) return done;
        sqlite3_sleep(10);
    }
}

outcome<void> database::make_tables() {
    outcome<transaction> held = transaction::begin(*this);
    if (!held) return held.error();
    const outcome<std::int64_t> objects = number("SELECT count(*) FROM sqlite_schema");
    if (!objects) return objects.error();
    if (*objects != 0) return {};  // another process was first
    if (outcome<void> made = run(tables); !made) return made;
    return held->commit();
}

outcome<std::int64_t> database::number(const char* sql) {
    outcome<statement> asked = prepare(sql);
    if (!asked) return asked.error();
    const outcome<bool> row = asked->step();
    if (!row) return row.error();
    if (!*row) return failed("is damaged; it is left as it is");
    return asked->number(0);
}

outcome<void> database::run(const char* sql) {
    if (sqlite3_exec(connection_.get(), sql, nullptr, nullptr, nullptr) != SQLITE_OK) return error();
    return {};
}

outcome<statement> database::prepare(const char* sql) {
    sqlite3_stmt* made = nullptr;
    if (sqlite3_prepare_v2(connection_.get(), sql, -1, &made, nullptr) != SQLITE_OK) return error();
    return statement(*this, made);
}

statement& statement::bind(int place, std::int64_t value) {
    sqlite3_bind_int64(made_.get(), place, value);
    return *this;
}

statement& statement::bind(int place, std::string_view text) {
    sqlite3_bind_text64(made_.get(), place, text.data(), text.size(), SQLITE_TRANSIENT, SQLITE_UTF8);
    return *this;
}

statement& statement::bind(int place, byte_view blob) {
    sqlite3_bind_blob64(made_.get(), place, blob.data(), blob.size(), SQLITE_STATIC);
    return *this;
}

outcome<bool> statement::step() {
    const int done = sqlite3_step(made_.get());
    if (done == SQLITE_ROW) return true;
    if (done == SQLITE_DONE) return false;
    return in_->error();
}

outcome<void> statement::run() {
    const outcome<bool> done = step();
    if (!done) return done.error();
    return {};
}

std::string_view statement::text(int column) const {
    const auto* first = reinterpret_cast<const char*>(sqlite3_column_text(made_.get(), column));
    if (first == nullptr) return {};
    return {first, static_cast<std::size_t>(sqlite3_column_bytes(made_.get(), column))};
}

byte_view statement::blob(int column) const {
    const auto* first = static_cast<const std::byte*>(sqlite3_column_blob(made_.get(), column));
    if (first == nullptr) return {};
    return {first, static_cast<std::size_t>(sqlite3_column_bytes(made_.get(), column))};
}

outcome<transaction> transaction::begin(database& in) {
    if (const outcome<void> begun = in.run("BEGIN IMMEDIATE"); !begun) return begun.error();
    return transaction(in);
}

transaction::~transaction() {
    if (in_ != nullptr) static_cast<void>(in_->run("ROLLBACK"));
}

outcome<void> transaction::commit() {
    if (outcome<void> done = in_->run("COMMIT"); !done) return done;
    in_ = nullptr;
    return {};
}

}  // namespace mtproto::store_sqlite
