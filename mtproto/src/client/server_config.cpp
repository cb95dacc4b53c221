// Sorts the addresses of a configuration by their use.
#include "client/server_config.hpp"

#include <mtproto/tl_api.hpp>

#include <algorithm>

namespace mtproto::core {

void server_config::update(const tl::config& fetched, bool obfuscated) {
    std::vector<dc_option> centres;
    std::vector<dc_option> cdns;
    for (const tl::dcOption& each : fetched.dc_options) {
        // Addresses with a secret of their own are others' business.
        if (each.secret || each.port <= 0 || each.port > 0xffff) continue;
        if (each.tcpo_only && !obfuscated) continue;
        dc_option& option = (each.cdn ? cdns : centres).emplace_back();
        option.dc = each.id;
        option.endpoint.host = each.ip_address;
        option.endpoint.port = static_cast<std::uint16_t>(each.port);
        option.ipv6 = each.ipv6;
        option.media_only = each.media_only;
        option.this_port_only = each.this_port_only;
    }
    addresses.update(centres);
    cdn_addresses.update(cdns);
    sessions_per_key = std::max(fetched.tmp_sessions.value_or(1), 1);
}

}  // namespace mtproto::core
