// The state that all data centres of a cluster share.
#pragma once

#include "base/buffer_pool.hpp"
#include "io/environment.hpp"
#include "localdc/accounts.hpp"
#include "localdc/catalogue.hpp"
#include "localdc/channels.hpp"
#include "localdc/cluster_secret.hpp"
#include "localdc/data_centres.hpp"
#include "localdc/rule_keeping.hpp"
#include "localdc/tally.hpp"
#include "localdc/transfer_table.hpp"
#include "traffic/fault_plan.hpp"

#include <mtproto/local_dc.hpp>

#include <optional>

namespace mtproto::localdc {

struct cluster {
    /// `for_cdn`: the CDN's, when the options ask for one.
    cluster(io::environment environment, local_dc_options chosen, server_key rsa, catalogue served,
            std::optional<server_key> for_cdn = {});

    /// Reads the options' faults and scenario. Throws error with errc::bad_argument.
    void plan_faults();
    /// Whether clients that take files from a CDN are sent there for this one.
    bool on_cdn(const served_file& file) const;
    account_traffic& traffic_of(int dc, std::int64_t user);
    /// One direction of a connection's path: 0 from the client, 1 to it.
    traffic::path path_of(std::int64_t connection, int direction) const;
    /// Whether what is sent is there at once.
    bool is_instant() const;
    /// Whether clients can be told to wait.
    bool may_flood() const;
    /// A connection has ended.
    void forget(const traffic::connection_facts& connection);
    /// Seconds since 1970, as TL's dates are.
    std::int32_t date() const;

    io::environment env;
    local_dc_options options;
    local_dc_info info;
    cluster_secret secret;
    data_centres dcs;
    catalogue files;
    localdc::channels channels;
    localdc::accounts accounts;
    transfer_table transfers;
    traffic::fault_plan faults;
    rule_keeping keeping;
    buffer_pool buffers;
    tally counters;
    std::int32_t message_date;  ///< of all messages

  private:
    void fill_info();
    void add_known_accounts();
};

}  // namespace mtproto::localdc
