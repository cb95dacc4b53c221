// Counts the sessions of a key, those that several connections carry once.
#include "localdc/session_limit.hpp"

#include <set>

namespace mtproto::localdc {

std::size_t session_limit::used(int dc, std::int64_t key, std::int64_t connection, std::int64_t session) {
    in_use_[connection] = {{dc, key}, session};
    std::set<std::int64_t> different;
    for (const auto& [number, one] : in_use_)
        if (one.key == std::pair(dc, key)) different.insert(one.session);
    return different.size();
}

}  // namespace mtproto::localdc
