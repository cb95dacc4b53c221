// The part of help.getConfig that a client uses: addresses, and sessions that a key may have.
#pragma once

#include "client/dc_table.hpp"

#include <mtproto/config.hpp>
#include <mtproto/fwd.hpp>

#include <vector>

namespace mtproto::core {

/// Pure.
struct server_config {
    /// Until the first update.
    explicit server_config(const std::vector<dc_address>& built_in) : addresses(built_in) {}

    /// Addresses for obfuscated connections only are left out unless `obfuscated`.
    void update(const tl::config& fetched, bool obfuscated);

    dc_table addresses;
    dc_table cdn_addresses{std::vector<dc_address>()};
    /// Of one key, at a data centre without media-only addresses (protocol 8.7).
    int sessions_per_key = 1;
};

}  // namespace mtproto::core
