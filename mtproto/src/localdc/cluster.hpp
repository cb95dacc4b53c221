// The state that all data centres of a cluster share, and that of each one.
#pragma once

#include "base/buffer_pool.hpp"
#include "crypto/srp.hpp"
#include "io/environment.hpp"
#include "localdc/accounts.hpp"
#include "localdc/catalogue.hpp"
#include "localdc/cdn.hpp"
#include "localdc/data_centre.hpp"
#include "localdc/flood_watch.hpp"
#include "localdc/server_key.hpp"
#include "localdc/session_limit.hpp"
#include "localdc/tally.hpp"
#include "traffic/fault_plan.hpp"
#include "traffic/server_rules.hpp"

#include <mtproto/local_dc.hpp>

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <utility>

namespace mtproto::localdc {

/// What one account does at one data centre, as far as files go.
struct account_traffic {
    traffic::account_limits limits;
    std::set<std::int64_t> connections{};  ///< that have asked for files
};

/// The numbers that name the channel.
inline constexpr std::int64_t channel_id = 1'500'000'001;

/// Where accounts live: data centre 2, where most clients knock first, if there is one.
constexpr int home_of(int dcs) noexcept {
    return dcs < 2 ? 1 : 2;
}

struct cluster {
    /// `for_cdn`: the CDN's, when the options ask for one.
    cluster(io::environment environment, local_dc_options chosen, server_key rsa, catalogue files,
            std::optional<server_key> for_cdn = {});

    /// Hashes of a name and the run's secret: what clients must have been told before they can use a thing.
    std::int64_t access_hash(std::int64_t user, std::int64_t of) const;
    bytes file_reference(std::int64_t document) const;

    /// Reads the options' faults and scenario. Throws error with errc::bad_argument.
    void plan_faults();
    data_centre* find_dc(int id);
    /// The RSA key that proves a data centre.
    const crypto::rsa_private_key& key_of(const data_centre& dc) const;
    /// Whether clients that take files from a CDN are sent there for this one.
    bool on_cdn(const served_file& file) const;
    account_traffic& traffic_of(int dc, std::int64_t user);
    /// Whether clients can be told to wait.
    bool may_flood() const noexcept;
    /// A connection has ended.
    void forget(const traffic::connection_facts& connection);
    /// Seconds since 1970, as TL's dates are.
    std::int32_t date() const;

    std::shared_ptr<void> kept;  ///< what the environment refers to, when it is the cluster's own
    io::environment env;
    local_dc_options options;
    local_dc_info info;
    server_key rsa_key;
    catalogue files;
    accounts people;
    traffic::server_rules rules;
    std::map<std::pair<int, std::int64_t>, account_traffic> traffic_by_account;  ///< by DC and user
    traffic::fault_plan faults;
    flood_watch floods;
    session_limit sessions;  ///< at general addresses
    buffer_pool buffers;
    tally done;
    int home_dc;
    std::vector<data_centre> dcs;
    std::optional<cdn> beside;  ///< the CDN
    std::int64_t secret = 0;
    std::int64_t reference_epoch = 1;  ///< file references of an earlier one have expired
    std::int32_t born = 0;             ///< the date of all messages

    /// Two-step verification: what the password became, and how.
    struct password_check {
        bytes salt1;
        bytes salt2;
        crypto::secret<crypto::dh_size> verifier;
        crypto::srp_group group() const;
    };
    std::optional<password_check> password;
};

}  // namespace mtproto::localdc
