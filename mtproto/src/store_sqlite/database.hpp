// A SQLite database of ours: opened with suspicion, its errors in words.
#pragma once

#include <mtproto/bytes.hpp>
#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>

#include <cstdint>
#include <filesystem>
#include <memory>
#include <sqlite3.h>
#include <string>
#include <string_view>

namespace mtproto::store_sqlite {

class statement;

/// One connection. Used by one thread at a time.
class database {
  public:
    /// The longest wait for another process that writes.
    static constexpr std::chrono::seconds patience{5};

    /// Makes the file where there is none. `proved`: all of it is looked through for damage.
    static outcome<std::unique_ptr<database>> open(const std::filesystem::path& file, bool proved);

    void wait_at_most(duration patience);
    outcome<void> run(const char* sql);
    outcome<statement> prepare(const char* sql);
    /// Rows that the last statement changed.
    int changed() const { return sqlite3_changes(connection_.get()); }
    /// errc::session_file, for the last call.
    failure error() const;
    failure failed(const std::string& why) const;

  private:
    struct closing {
        void operator()(sqlite3* of) const noexcept { sqlite3_close_v2(of); }
    };

    explicit database(std::filesystem::path file) : file_(std::move(file)) {}

    outcome<void> make_ready(bool proved);
    outcome<void> keep_journal();
    outcome<void> make_tables();
    outcome<std::int64_t> number(const char* sql);

    std::filesystem::path file_;
    std::unique_ptr<sqlite3, closing> connection_;
};

/// Outlived by its database.
class statement {
  public:
    statement(database& in, sqlite3_stmt* made) : in_(&in), made_(made) {}

    statement& bind(int place, std::int64_t value);
    statement& bind(int place, std::string_view text);
    statement& bind(int place, byte_view blob);
    /// True when there is a row.
    outcome<bool> step();
    /// For a statement without rows.
    outcome<void> run();

    std::int64_t number(int column) const { return sqlite3_column_int64(made_.get(), column); }
    bool is_null(int column) const { return sqlite3_column_type(made_.get(), column) == SQLITE_NULL; }
    /// Until the next step.
    std::string_view text(int column) const;
    byte_view blob(int column) const;

  private:
    struct ending {
        void operator()(sqlite3_stmt* of) const noexcept { sqlite3_finalize(of); }
    };

    database* in_;
    std::unique_ptr<sqlite3_stmt, ending> made_;
};

/// Holds the write lock from its beginning on; undone at its end unless committed.
class transaction {
  public:
    static outcome<transaction> begin(database& in);

    transaction(transaction&& other) noexcept : in_(std::exchange(other.in_, nullptr)) {}
    transaction& operator=(transaction&&) = delete;
    ~transaction();

    outcome<void> commit();

  private:
    explicit transaction(database& in) noexcept : in_(&in) {}

    database* in_;
};

}  // namespace mtproto::store_sqlite
