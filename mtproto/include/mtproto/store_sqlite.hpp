// Logins in a SQLite database: many accounts in one file, each used by one process at a time.
#pragma once

#include <mtproto/account_lease.hpp>
#include <mtproto/error.hpp>
#include <mtproto/session_store.hpp>

#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace mtproto {

/// A database of its own, on a disk of this machine: SQLite's journal (WAL) is not for network file systems.
/// It is made with mode 0600. One that others can read or write, that belongs to another user or program, is
/// damaged, or was written by a newer version of the library is refused and left as it is.
struct sqlite_options {
    sqlite_options() = default;
    explicit sqlite_options(std::filesystem::path where) : file(std::move(where)) {}

    std::filesystem::path file;
    /// Values are encrypted by AES-256-GCM under the key in this file: 32 bytes, or 64 hexadecimal digits.
    /// Empty: they are not.
    std::filesystem::path key_file = {};
    lease_times lease = {};
};

/// One account's login, for each cluster. load() takes the lease on the account, in a row beside it, and the
/// store keeps it until it goes (session_store::lease). A process that was killed keeps others out until its
/// lease runs out. Each change is one transaction, which also looks whether the lease is still ours. Blocks
/// for the time of the disk; for 5 s at most when another process writes. Errors: errc::account_in_use;
/// errc::session_file, when the file is locked, damaged, cannot be written, or its disk is full.
std::shared_ptr<session_store> sqlite_session(sqlite_options options, std::string account);

/// Leases in the same kind of file, for what is not kept there.
std::shared_ptr<account_leases> sqlite_leases(sqlite_options options);

/// The names of the accounts that have a login on `cluster`, sorted (cluster_name()). None where there is no
/// file. Takes no lease. Error: errc::session_file.
outcome<std::vector<std::string>> sqlite_accounts(const sqlite_options& options, std::string_view cluster);

}  // namespace mtproto
