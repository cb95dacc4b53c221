// Keeps the login in a SQLite database, beside whatever else the application has there.
//   10_sqlite_session API_ID API_HASH DATABASE
#include "example.hpp"

#include <mtproto/session_store.hpp>

#include <iostream>
#include <memory>
#include <sqlite3.h>

const char* const usage = "DATABASE";

namespace {

mtproto::failure failure_of(sqlite3* db) {
    return mtproto::failure(mtproto::errc::session_file, sqlite3_errmsg(db));
}

/// One statement; steps and columns as SQLite counts them.
class statement {
  public:
    statement(sqlite3* db, const char* sql) { sqlite3_prepare_v2(db, sql, -1, &made_, nullptr); }
    ~statement() { sqlite3_finalize(made_); }
    statement(const statement&) = delete;
    statement& operator=(const statement&) = delete;

    statement& bind(int place, std::int64_t value) {
        sqlite3_bind_int64(made_, place, value);
        return *this;
    }
    statement& bind(int place, const std::string& text) {
        sqlite3_bind_text(made_, place, text.data(), static_cast<int>(text.size()), SQLITE_TRANSIENT);
        return *this;
    }
    statement& bind(int place, const std::vector<std::byte>& blob) {
        sqlite3_bind_blob(made_, place, blob.data(), static_cast<int>(blob.size()), SQLITE_TRANSIENT);
        return *this;
    }
    int step() { return made_ ? sqlite3_step(made_) : SQLITE_ERROR; }
    std::int64_t number(int column) { return sqlite3_column_int64(made_, column); }
    std::vector<std::byte> blob(int column) {
        const auto* first = static_cast<const std::byte*>(sqlite3_column_blob(made_, column));
        return {first, first + sqlite3_column_bytes(made_, column)};
    }

  private:
    sqlite3_stmt* made_ = nullptr;
};

}  // namespace

/// The database holds secrets, as a session file does: keep others from reading it.
class sqlite_session final : public mtproto::session_store {
  public:
    explicit sqlite_session(const std::string& path) {
        if (sqlite3_open(path.c_str(), &db_) != SQLITE_OK) throw mtproto::error(failure_of(db_));
        sqlite3_busy_timeout(db_, 10'000);
        sqlite3_exec(
            db_,
            "CREATE TABLE IF NOT EXISTS login(cluster TEXT PRIMARY KEY, home INT, user INT, bot INT);"
            "CREATE TABLE IF NOT EXISTS key(cluster TEXT, dc INT, key BLOB, salt INT, authorized INT)",
            nullptr, nullptr, nullptr);
    }
    ~sqlite_session() override { sqlite3_close(db_); }

    void select(std::string_view cluster) override { cluster_ = cluster; }

    mtproto::outcome<std::optional<mtproto::stored_session>> load() override {
        statement login(db_, "SELECT home, user, bot FROM login WHERE cluster = ?");
        const int found = login.bind(1, cluster_).step();
        if (found == SQLITE_DONE) return std::optional<mtproto::stored_session>();
        if (found != SQLITE_ROW) return failure_of(db_);
        mtproto::stored_session made;
        made.home_dc = static_cast<int>(login.number(0));
        made.user_id = login.number(1);
        made.bot = login.number(2) != 0;
        statement keys(db_, "SELECT dc, key, salt, authorized FROM key WHERE cluster = ?");
        keys.bind(1, cluster_);
        int row = SQLITE_ROW;
        while ((row = keys.step()) == SQLITE_ROW) {
            mtproto::stored_dc& dc = made.dcs[static_cast<int>(keys.number(0))];
            dc.auth_key = keys.blob(1);
            dc.salt = keys.number(2);
            dc.authorized = keys.number(3) != 0;
        }
        if (row != SQLITE_DONE) return failure_of(db_);
        return std::optional(std::move(made));
    }

    /// The write lock comes first, so that nobody changes what this has read.
    mtproto::outcome<void> update(const mtproto::session_edit& edit) override {
        if (statement(db_, "BEGIN IMMEDIATE").step() != SQLITE_DONE) return failure_of(db_);
        const mtproto::outcome<void> done = change(edit);
        if (statement(db_, done ? "COMMIT" : "ROLLBACK").step() != SQLITE_DONE) return failure_of(db_);
        return done;
    }

  private:
    mtproto::outcome<void> change(const mtproto::session_edit& edit) {
        auto stored = load();
        if (!stored) return stored.error();
        if (!edit(*stored)) return {};
        bool good =
            statement(db_, "DELETE FROM login WHERE cluster = ?").bind(1, cluster_).step() == SQLITE_DONE;
        good &= statement(db_, "DELETE FROM key WHERE cluster = ?").bind(1, cluster_).step() == SQLITE_DONE;
        if (const std::optional<mtproto::stored_session>& now = *stored) {
            statement login(db_, "INSERT INTO login VALUES(?, ?, ?, ?)");
            login.bind(1, cluster_).bind(2, now->home_dc).bind(3, now->user_id).bind(4, now->bot);
            good &= login.step() == SQLITE_DONE;
            for (const auto& [id, dc] : now->dcs) {
                statement key(db_, "INSERT INTO key VALUES(?, ?, ?, ?, ?)");
                key.bind(1, cluster_)
                    .bind(2, id)
                    .bind(3, dc.auth_key)
                    .bind(4, dc.salt)
                    .bind(5, dc.authorized);
                good &= key.step() == SQLITE_DONE;
            }
        }
        if (!good) return failure_of(db_);
        return {};
    }

    sqlite3* db_ = nullptr;
    std::string cluster_;
};

asio::awaitable<void> example(mtproto::config settings, std::vector<std::string> arguments) {
    settings.session = std::make_shared<sqlite_session>(arguments[0]);
    mtproto::client tg(co_await asio::this_coro::executor, std::move(settings));
    co_await tg.connect();
    std::cout << (co_await tg.authorized() ? "logged in before\n" : "not logged in yet\n");
    co_await sign_in(tg);
    std::cout << "the login is kept in " << arguments[0] << "\n";
}
