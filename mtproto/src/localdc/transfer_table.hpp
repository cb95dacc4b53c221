// The file traffic of each account at each data centre.
#pragma once

#include "traffic/server_rules.hpp"

#include <cstdint>
#include <map>
#include <set>
#include <utility>

namespace mtproto::localdc {

struct account_traffic {
    traffic::account_limits limits;
    std::set<std::int64_t> connections{};  ///< that have asked for files
};

/// Accounts are counted from their first part on. Pure.
class transfer_table {
  public:
    explicit transfer_table(const traffic::server_rules& rules) : rules_(rules) {}

    /// Of all accounts that have none of their own.
    const traffic::server_rules& rules() const noexcept { return rules_; }
    void set_rules(std::int64_t user, const traffic::server_rules& own) { own_[user] = own; }
    /// Whether any account can be told to wait.
    bool may_flood() const;
    /// Bytes a second: the least of what accounts are allowed. 0: all may have any rate.
    std::int64_t least_account_rate() const;
    /// `seed`: what an account's chances are drawn from when it is new, with its place in the table.
    account_traffic& of(int dc, std::int64_t user, std::uint64_t seed);
    /// A connection has ended.
    void forget(std::int64_t connection);

  private:
    traffic::server_rules rules_;
    std::map<std::int64_t, traffic::server_rules> own_;                 // by user
    std::map<std::pair<int, std::int64_t>, account_traffic> accounts_;  // by data centre and user
};

}  // namespace mtproto::localdc
