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

    const traffic::server_rules& rules() const noexcept { return rules_; }
    /// `seed`: what an account's chances are drawn from when it is new, with its place in the table.
    account_traffic& of(int dc, std::int64_t user, std::uint64_t seed);
    /// A connection has ended.
    void forget(std::int64_t connection);

  private:
    traffic::server_rules rules_;
    std::map<std::pair<int, std::int64_t>, account_traffic> accounts_;  // by data centre and user
};

}  // namespace mtproto::localdc
