// What the downloads of one account share: budget, gates and queues, cached blocks, rest from CDNs.
#pragma once

#include "client/account_connections.hpp"
#include "download/block_cache.hpp"
#include "schedule/shared_resources.hpp"

#include <mtproto/clock.hpp>

namespace mtproto::download {

struct account_downloads {
    explicit account_downloads(std::int64_t byte_capacity) : limits(byte_capacity) {}

    schedule::shared_resources limits;
    std::shared_ptr<block_cache> cache = std::make_shared<block_cache>(limits.budget());
    time_point cdns_rest_until{};
};

/// Of this account: made when the first one asks.
account_downloads& downloads_of(core::account_connections& account);

}  // namespace mtproto::download
