// Makes what the downloads of an account share, once.
#include "download/account_downloads.hpp"

#include "client/account_connections.hpp"

#include <algorithm>
#include <cstdint>
#include <limits>

namespace mtproto::download {

account_downloads& downloads_of(core::account_connections& account) {
    auto& slot = account.attachments().downloads;
    constexpr std::size_t most = std::numeric_limits<std::int64_t>::max();
    if (!slot)
        slot = std::make_shared<account_downloads>(
            static_cast<std::int64_t>(std::min(account.settings().byte_budget, most)));
    return *slot;
}

}  // namespace mtproto::download
