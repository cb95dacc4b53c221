// What the downloads of one account share: budget, gates and queues, cached blocks, rest from CDNs.
#pragma once

#include "download/block_cache.hpp"
#include "schedule/shared_resources.hpp"

#include <mtproto/clock.hpp>

#include <memory>

namespace mtproto::core {
class account_connections;
}

namespace mtproto::download {

struct account_downloads {
    explicit account_downloads(std::int64_t byte_capacity) : resources(byte_capacity) {}

    schedule::shared_resources resources;
    std::shared_ptr<block_cache> cache = std::make_shared<block_cache>(resources.budget());
    time_point cdns_rest_until{};
};

/// Of this account: made when the first one asks, since only the account knows the budget.
account_downloads& downloads_of(core::account_connections& account);

}  // namespace mtproto::download
