// One account's session in a row, changed under the write lock and under a lease.
#include "client/lease_token.hpp"
#include "client/session_values.hpp"
#include "store_sqlite/database.hpp"
#include "store_sqlite/lease_row.hpp"

#include <mtproto/random.hpp>
#include <mtproto/store_sqlite.hpp>

#include <optional>
#include <utility>

namespace mtproto {
namespace {

using namespace store_sqlite;

class sqlite_store final : public session_store {
  public:
    sqlite_store(sqlite_options options, std::string account)
        : options_(std::move(options)), account_(std::move(account)) {}

    void select(std::string_view cluster) override {
        lease_.reset();
        cluster_ = cluster;
    }

    /// A lease that was lost is taken anew: for another client.
    outcome<std::optional<stored_session>> load() override {
        if (lease_ && lease_->state() == lease_state::lost) lease_.reset();
        if (const outcome<void> held = hold(); !held) return held.error();
        return read();
    }

    outcome<void> update(const session_edit& edit) override {
        if (const outcome<void> held = hold(); !held) return held.error();
        outcome<transaction> all = transaction::begin(*database_);
        if (!all) return all.error();
        const outcome<bool> ours = holds_token(*database_, place(), token_);
        if (!ours) return ours.error();
        if (!*ours || lease_->state() == lease_state::lost)
            return failure(errc::account_in_use,
                           "the lease on the account is lost: another process may use it by now");
        outcome<std::optional<stored_session>> now = read();
        if (!now) return now.error();
        const core::keys_wiped guard(*now);
        if (!edit(*now)) return {};
        if (const outcome<void> written = *now ? write(**now) : erase(); !written) return written.error();
        return all->commit();
    }

    std::shared_ptr<account_lease> lease() override { return lease_; }

  private:
    std::string place() const { return cluster_ + "/" + account_; }

    /// The file is opened, and the lease taken, when somebody wants to know what is there.
    outcome<void> hold() {
        if (lease_) return {};
        if (!options_.key_file.empty() && !values_.encrypted()) {
            outcome<core::session_values> keyed = core::session_values::with_key_of(options_.key_file);
            if (!keyed) return keyed.error();
            values_ = std::move(*keyed);
        }
        outcome<std::unique_ptr<database>> opened = database::open(options_.file, true);
        if (!opened) return opened.error();
        outcome<std::unique_ptr<database>> other = database::open(options_.file, false);
        if (!other) return other.error();
        token_ = core::new_lease_token();
        auto row = std::make_unique<lease_row>(std::move(*other), place(), token_, options_.lease);
        outcome<std::unique_ptr<account_lease>> taken =
            lease::kept_lease::take(std::move(row), options_.lease);
        if (!taken) return taken.error();
        database_ = std::move(*opened);
        lease_ = std::move(*taken);
        return {};
    }

    outcome<std::optional<stored_session>> read() {
        outcome<statement> asked =
            database_->prepare("SELECT value FROM session WHERE cluster = ?1 AND account = ?2");
        if (!asked) return asked.error();
        const outcome<bool> found = asked->bind(1, cluster_).bind(2, account_).step();
        if (!found) return found.error();
        if (!*found) return std::optional<stored_session>();
        outcome<stored_session> read = values_.decode(asked->blob(0), place());
        if (!read) return database_->failed("has a login of " + account_ + " that " + read.error().detail);
        return std::optional<stored_session>(std::move(*read));
    }

    outcome<void> write(const stored_session& session) {
        const core::secret_buffer value = values_.encode(session, place(), system_random());
        outcome<statement> put = database_->prepare(
            "INSERT INTO session(cluster, account, value) VALUES(?1, ?2, ?3)"
            " ON CONFLICT(cluster, account) DO UPDATE SET value = ?3");
        if (!put) return put.error();
        return put->bind(1, cluster_).bind(2, account_).bind(3, value.view()).run();
    }

    outcome<void> erase() {
        outcome<statement> put =
            database_->prepare("DELETE FROM session WHERE cluster = ?1 AND account = ?2");
        if (!put) return put.error();
        return put->bind(1, cluster_).bind(2, account_).run();
    }

    sqlite_options options_;
    std::string account_;
    std::string cluster_;
    std::string token_;
    core::session_values values_;
    std::unique_ptr<database> database_;
    std::shared_ptr<account_lease> lease_;
};

class leases_of_database final : public account_leases {
  public:
    explicit leases_of_database(sqlite_options options) : options_(std::move(options)) {}

    outcome<std::unique_ptr<account_lease>> take(std::string_view account) override {
        outcome<std::unique_ptr<database>> opened = database::open(options_.file, false);
        if (!opened) return opened.error();
        return lease::kept_lease::take(std::make_unique<lease_row>(std::move(*opened), std::string(account),
                                                                   core::new_lease_token(), options_.lease),
                                       options_.lease);
    }

  private:
    sqlite_options options_;
};

}  // namespace

std::shared_ptr<session_store> sqlite_session(sqlite_options options, std::string account) {
    return std::make_shared<sqlite_store>(std::move(options), std::move(account));
}

std::shared_ptr<account_leases> sqlite_leases(sqlite_options options) {
    return std::make_shared<leases_of_database>(std::move(options));
}

outcome<std::vector<std::string>> sqlite_accounts(const sqlite_options& options, std::string_view cluster) {
    std::vector<std::string> found;
    std::error_code ignored;
    if (!std::filesystem::exists(std::filesystem::symlink_status(options.file, ignored))) return found;
    outcome<std::unique_ptr<database>> opened = database::open(options.file, true);
    if (!opened) return opened.error();
    outcome<statement> asked =
        (*opened)->prepare("SELECT account FROM session WHERE cluster = ?1 ORDER BY account");
    if (!asked) return asked.error();
    asked->bind(1, cluster);
    for (;;) {
        const outcome<bool> row = asked->step();
        if (!row) return row.error();
        if (!*row) return found;
        found.emplace_back(asked->text(0));
    }
}

}  // namespace mtproto
