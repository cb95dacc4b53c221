// Addresses of data centres, as built in and as the server states them.
#pragma once

#include "io/network.hpp"

#include <mtproto/config.hpp>

#include <map>
#include <vector>

namespace mtproto::core {

/// One address out of help.getConfig, as the dcOption there.
struct dc_option {
    int dc = 0;
    io::endpoint endpoint;
    bool ipv6 = false;
    bool media_only = false;
    bool this_port_only = false;
};

/// Pure. Addresses come in the order in which they are to be tried.
class dc_table {
  public:
    explicit dc_table(const std::vector<dc_address>& built_in);

    /// Takes the place of what was known of the data centres that are named; of others nothing changes.
    void update(const std::vector<dc_option>& options);

    bool knows(int dc) const noexcept { return dcs_.contains(dc); }
    /// For API calls. Empty for an unknown data centre.
    std::vector<io::endpoint> addresses(int dc) const;
    /// For file data; empty when the data centre has no media-only address (protocol 8.6).
    std::vector<io::endpoint> media_addresses(int dc) const;

  private:
    struct dc_addresses {
        std::vector<io::endpoint> general;
        std::vector<io::endpoint> media;
    };
    std::map<int, dc_addresses> dcs_;
};

}  // namespace mtproto::core
