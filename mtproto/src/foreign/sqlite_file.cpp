// Opens databases of other programs without ever changing them, or a file beside them.
#include "foreign/sqlite_file.hpp"

#include "foreign/file.hpp"

#include <cstdlib>
#include <sqlite3.h>
#include <system_error>
#include <utility>

namespace mtproto::foreign {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view sqlite_magic = {"SQLite format 3\0", 16};
constexpr std::size_t read_version_at = 19;
constexpr std::byte wal_version{2};
constexpr std::size_t sqlite_head_size = 100;
constexpr std::string_view unsafe = "%?#";

failure in_use(const std::string& path) {
    return refused(path +
                   " is in use by another program; end that first: two users of one key end the "
                   "login (AUTH_KEY_DUPLICATED)");
}

/// A name that SQLite takes as it is written.
std::string uri_of(const fs::path& path, std::string_view mode) {
    static constexpr char digits[] = "0123456789ABCDEF";
    std::string made = "file:";
    for (const char each : fs::absolute(path).string()) {
        if (unsafe.find(each) == unsafe.npos) {
            made += each;
            continue;
        }
        const auto code = static_cast<unsigned char>(each);
        made += {'%', digits[code >> 4], digits[code & 15]};
    }
    return made.append("?mode=").append(mode);
}

/// Removed when it goes, with what stands in it.
struct private_folder {
    explicit private_folder(fs::path place) : path(std::move(place)) {}
    private_folder(const private_folder&) = delete;
    private_folder& operator=(const private_folder&) = delete;
    ~private_folder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    fs::path path;
};

/// The database and its log in a folder of our own: SQLite makes a file beside a database with a log.
outcome<std::shared_ptr<const private_folder>> copy_with_log(const fs::path& path, const fs::path& log) {
    std::error_code failed;
    std::string name = (fs::temp_directory_path(failed) / "mtproto-XXXXXX").string();
    if (failed || ::mkdtemp(name.data()) == nullptr)
        return refused("cannot make a temporary folder to read " + path.string() + " in");
    auto made = std::make_shared<const private_folder>(name);
    fs::copy_file(path, made->path / "copy", failed);
    if (!failed) fs::copy_file(log, made->path / "copy-wal", failed);
    for (const char* each : {"copy", "copy-wal"})
        if (!failed)
            fs::permissions(made->path / each, fs::perms::owner_read | fs::perms::owner_write, failed);
    if (failed) return refused("cannot copy " + path.string() + ": " + failed.message());
    return made;
}

bool keeps_a_log(byte_view head) {
    return head.size() > read_version_at && head[read_version_at] == wal_version;
}

failure log_is_missing(const std::string& what) {
    return refused(what +
                   " keeps its newest contents in a file beside it, which ends in -wal and is missing "
                   "here: copy both, or close the program that uses it");
}

}  // namespace

bool is_sqlite(byte_view file) noexcept {
    return file.size() >= sqlite_magic.size() && as_text(file.first(sqlite_magic.size())) == sqlite_magic;
}

sqlite_rows::sqlite_rows(sqlite3& of, const std::string& query) {
    sqlite3_stmt* made = nullptr;
    failed_ = sqlite3_prepare_v2(&of, query.c_str(), -1, &made, nullptr) != SQLITE_OK;
    statement_.reset(made);
}

bool sqlite_rows::next() {
    if (failed_) return false;
    const int step = sqlite3_step(statement_.get());
    failed_ = step != SQLITE_ROW && step != SQLITE_DONE;
    return step == SQLITE_ROW;
}

int sqlite_rows::index_of(std::string_view column) const {
    if (!statement_) return -1;
    for (int i = 0; i < sqlite3_column_count(statement_.get()); ++i)
        if (const char* name = sqlite3_column_name(statement_.get(), i); name != nullptr && column == name)
            return i;
    return -1;
}

std::int64_t sqlite_rows::number(std::string_view column) const {
    const int index = index_of(column);
    return index < 0 ? 0 : sqlite3_column_int64(statement_.get(), index);
}

std::string sqlite_rows::text(std::string_view column) const {
    const int index = index_of(column);
    if (index < 0) return {};
    const unsigned char* from = sqlite3_column_text(statement_.get(), index);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), index));
    return from == nullptr ? std::string() : std::string(reinterpret_cast<const char*>(from), size);
}

byte_view sqlite_rows::blob(std::string_view column) const {
    const int index = index_of(column);
    if (index < 0) return {};
    const void* from = sqlite3_column_blob(statement_.get(), index);
    const auto size = static_cast<std::size_t>(sqlite3_column_bytes(statement_.get(), index));
    return from == nullptr ? byte_view() : byte_view(static_cast<const std::byte*>(from), size);
}

void sqlite_rows::finalize::operator()(sqlite3_stmt* statement) const noexcept {
    sqlite3_finalize(statement);
}

void sqlite_file::close::operator()(sqlite3* database) const noexcept {
    sqlite3_close_v2(database);
}

outcome<sqlite_file> sqlite_file::open(const fs::path& path) {
    const std::string name = path.string();
    // Newer kurigram holds this lock for as long as it runs.
    if (is_flocked(name + ".lock")) return in_use(name);
    const outcome<secret_bytes> head = read_head(path, sqlite_head_size);
    if (!head) return head.error();
    fs::path opened = path;
    std::shared_ptr<const private_folder> copy;
    if (keeps_a_log(*head)) {
        const fs::path log = name + "-wal";
        if (!is_file(log)) return log_is_missing(name);
        auto copied = copy_with_log(path, log);
        if (!copied) return copied.error();
        copy = std::move(*copied);
        opened = copy->path / "copy";
    }
    sqlite3* raw = nullptr;
    const int done = sqlite3_open_v2(uri_of(opened, copy ? "rw" : "ro").c_str(), &raw,
                                     SQLITE_OPEN_READWRITE | SQLITE_OPEN_URI, nullptr);
    sqlite_file made(raw);
    made.copy_ = copy;
    if (done != SQLITE_OK) return refused("cannot open " + name + ": " + sqlite3_errstr(done));
    if (!copy && made.is_being_written()) return in_use(name);
    if (const outcome<void> fine = made.check(); !fine) {
        if (sqlite3_errcode(raw) == SQLITE_BUSY) return in_use(name);
        return fine.error();
    }
    return made;
}

outcome<sqlite_file> sqlite_file::over(byte_span image) {
    if (keeps_a_log(image)) return log_is_missing("this SQLite database");
    sqlite3* raw = nullptr;
    int done = sqlite3_open_v2(":memory:", &raw, SQLITE_OPEN_READWRITE | SQLITE_OPEN_MEMORY, nullptr);
    sqlite_file made(raw);
    const auto size = static_cast<sqlite3_int64>(image.size());
    if (done == SQLITE_OK)
        done = sqlite3_deserialize(raw, "main", reinterpret_cast<unsigned char*>(image.data()), size, size,
                                   SQLITE_DESERIALIZE_READONLY);
    if (done != SQLITE_OK)
        return refused(std::string("cannot open a SQLite database: ") + sqlite3_errstr(done));
    if (const outcome<void> fine = made.check(); !fine) return fine.error();
    return made;
}

outcome<void> sqlite_file::check() const {
    sqlite_rows schema = rows("SELECT name FROM sqlite_master");
    schema.next();
    if (!schema.failed()) return {};
    return refused(std::string("it is a SQLite database that cannot be read: ") +
                   sqlite3_errmsg(database_.get()));
}

/// A writer that has not written yet lets others read, and has the login in use.
bool sqlite_file::is_being_written() const {
    sqlite3_file* file = nullptr;
    int reserved = 0;
    if (sqlite3_file_control(database_.get(), "main", SQLITE_FCNTL_FILE_POINTER, &file) != SQLITE_OK ||
        file == nullptr || file->pMethods == nullptr)
        return false;
    return file->pMethods->xCheckReservedLock(file, &reserved) == SQLITE_OK && reserved != 0;
}

bool sqlite_file::has_table(const std::string& name) const {
    sqlite_rows found = rows("SELECT name FROM sqlite_master WHERE type = 'table' AND name = '" + name + "'");
    return found.next();
}

std::int64_t sqlite_file::user_version() const {
    sqlite_rows found = rows("PRAGMA user_version");
    return found.next() ? found.number("user_version") : 0;
}

}  // namespace mtproto::foreign
