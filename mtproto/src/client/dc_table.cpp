// IPv4 before IPv6, and the other ports after all that were named.
#include "client/dc_table.hpp"

#include <algorithm>
#include <set>
#include <string>

namespace mtproto::core {
namespace {

/// Telegram's servers listen on all of these (protocol 1.13).
constexpr std::uint16_t usual_port = 443;
constexpr std::uint16_t other_ports[] = {80, 5222};

void add_once(std::vector<io::endpoint>& list, const io::endpoint& where) {
    if (std::find(list.begin(), list.end(), where) == list.end()) list.push_back(where);
}

void add_other_ports(std::vector<io::endpoint>& list, const io::endpoint& named) {
    for (const std::uint16_t port : other_ports)
        add_once(list, {named.host, port});
}

/// What has an IPv6 address only is reached by it; else IPv4 works on more machines. Other ports of a host
/// come after the first ones of all.
void sort_built_in(std::vector<io::endpoint>& list) {
    const auto is_ipv4 = [](const io::endpoint& where) { return where.host.find(':') == std::string::npos; };
    std::stable_partition(list.begin(), list.end(), is_ipv4);
    std::set<std::string> seen;
    std::stable_partition(list.begin(), list.end(),
                          [&](const io::endpoint& where) { return seen.insert(where.host).second; });
}

}  // namespace

dc_table::dc_table(const std::vector<dc_address>& built_in) {
    for (const dc_address& each : built_in) {
        dc_addresses& dc = dcs_[each.dc];
        add_once(each.media_only ? dc.media : dc.general, {each.host, each.port});
    }
    for (auto& [dc, known] : dcs_) {
        sort_built_in(known.general);
        sort_built_in(known.media);
    }
}

void dc_table::update(const std::vector<dc_option>& options) {
    std::map<int, dc_addresses> fresh;
    std::map<int, dc_addresses> fallbacks;
    for (const bool ipv6 : {false, true}) {
        for (const dc_option& each : options) {
            if (each.ipv6 != ipv6) continue;
            // Telegram names each IPv4 address twice: once as such, once as a static one.
            const auto list = each.media_only ? &dc_addresses::media : &dc_addresses::general;
            add_once(fresh[each.dc].*list, each.endpoint);
            if (!each.this_port_only && each.endpoint.port == usual_port)
                add_other_ports(fallbacks[each.dc].*list, each.endpoint);
        }
    }
    for (auto& [dc, known] : fresh) {
        // A data centre that is named with media addresses alone keeps its general ones.
        if (known.general.empty()) known.general = dcs_[dc].general;
        for (const auto list : {&dc_addresses::general, &dc_addresses::media})
            for (const io::endpoint& each : fallbacks[dc].*list)
                add_once(known.*list, each);
        dcs_[dc] = std::move(known);
    }
}

std::vector<io::endpoint> dc_table::addresses(int dc) const {
    const auto found = dcs_.find(dc);
    return found == dcs_.end() ? std::vector<io::endpoint>() : found->second.general;
}

std::vector<io::endpoint> dc_table::media_addresses(int dc) const {
    const auto found = dcs_.find(dc);
    return found == dcs_.end() ? std::vector<io::endpoint>() : found->second.media;
}

}  // namespace mtproto::core
