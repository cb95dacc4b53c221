// Adding accounts, forgetting connections.
#include "localdc/transfer_table.hpp"

namespace mtproto::localdc {

account_traffic& transfer_table::of(int dc, std::int64_t user, std::uint64_t seed) {
    const std::pair key(dc, user);
    auto found = accounts_.find(key);
    if (found == accounts_.end()) {
        const std::uint64_t own = seed + accounts_.size();
        found = accounts_.emplace(key, account_traffic{traffic::account_limits(rules_, own)}).first;
    }
    return found->second;
}

void transfer_table::forget(std::int64_t connection) {
    for (auto& [key, account] : accounts_)
        account.connections.erase(connection);
}

}  // namespace mtproto::localdc
