// A SQLite database that is only read, and its tables and columns by name. Private to foreign.
#pragma once

#include "foreign/login.hpp"

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

struct sqlite3;
struct sqlite3_stmt;

namespace mtproto::foreign {

/// Rows of one table, one at a time. A column that there is not reads as nothing.
class sqlite_rows {
  public:
    sqlite_rows(sqlite3& of, const std::string& query);

    /// Goes to the next row. False at the end, and when the file is damaged.
    bool next();
    /// Whether the rows ended because of an error.
    bool failed() const noexcept { return failed_; }

    bool has(std::string_view column) const { return index_of(column) >= 0; }
    std::int64_t number(std::string_view column) const;
    std::string text(std::string_view column) const;
    /// Until the next row.
    byte_view blob(std::string_view column) const;

  private:
    struct finalize {
        void operator()(sqlite3_stmt* statement) const noexcept;
    };
    int index_of(std::string_view column) const;

    std::unique_ptr<sqlite3_stmt, finalize> statement_;
    bool failed_ = false;
};

class sqlite_file {
  public:
    /// A file that no other program is writing. Error: refused().
    static outcome<sqlite_file> open(const std::filesystem::path& path);
    /// The bytes of one, which must outlive it.
    static outcome<sqlite_file> over(byte_span image);

    bool has_table(const std::string& name) const;
    /// Rows of a table that there is; its name is none of a stranger's.
    sqlite_rows table(const std::string& name) const { return rows("SELECT * FROM " + name); }
    sqlite_rows rows(const std::string& query) const { return {*database_, query}; }
    std::int64_t user_version() const;

  private:
    struct close {
        void operator()(sqlite3* database) const noexcept;
    };
    explicit sqlite_file(sqlite3* database) : database_(database) {}

    /// Whether its first page can be read now. Error: refused().
    outcome<void> check() const;
    bool is_being_written() const;

    std::unique_ptr<sqlite3, close> database_;
    /// Where a copy of it and of its log stand, which goes with it.
    std::shared_ptr<const void> copy_;
};

}  // namespace mtproto::foreign
