// Adding accounts, forgetting connections.
#include "localdc/transfer_table.hpp"

#include <algorithm>

namespace mtproto::localdc {

account_traffic& transfer_table::of(int dc, std::int64_t user, std::uint64_t seed) {
    const std::pair key(dc, user);
    auto found = accounts_.find(key);
    if (found == accounts_.end()) {
        const std::uint64_t chances = seed + accounts_.size();
        const auto own = own_.find(user);
        const traffic::server_rules& rules = own == own_.end() ? rules_ : own->second;
        found = accounts_.emplace(key, account_traffic{traffic::account_limits(rules, chances)}).first;
    }
    return found->second;
}

bool transfer_table::may_flood() const {
    return rules_.flood.any() ||
           std::any_of(own_.begin(), own_.end(), [](const auto& each) { return each.second.flood.any(); });
}

std::int64_t transfer_table::least_account_rate() const {
    std::int64_t least = rules_.account_rate;
    for (const auto& [user, rules] : own_)
        if (rules.account_rate > 0)
            least = least == 0 ? rules.account_rate : std::min(least, rules.account_rate);
    return least;
}

void transfer_table::forget(std::int64_t connection) {
    for (auto& [key, account] : accounts_)
        account.connections.erase(connection);
}

}  // namespace mtproto::localdc
