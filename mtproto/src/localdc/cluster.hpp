// The state that all data centres of a cluster share, and that of each one.
#pragma once

#include "base/buffer_pool.hpp"
#include "crypto/auth_key.hpp"
#include "crypto/srp.hpp"
#include "io/environment.hpp"
#include "localdc/accounts.hpp"
#include "localdc/catalogue.hpp"
#include "localdc/flood_watch.hpp"
#include "localdc/salts.hpp"
#include "localdc/server_key.hpp"
#include "localdc/session.hpp"
#include "traffic/fault_plan.hpp"

#include <mtproto/local_dc.hpp>

#include <map>
#include <memory>
#include <optional>

namespace mtproto::localdc {

/// What an authorization key is signed in as.
struct login_state {
    std::int64_t user = 0;             ///< 0: nobody
    std::int64_t awaits_password = 0;  ///< the code was right, two-step verification is not done
    std::optional<crypto::srp_challenge> challenge;
    std::int64_t challenge_id = 0;
};

/// An authorization key on its data centre.
struct key_state {
    key_state(std::shared_ptr<const crypto::auth_key> of, salt_schedule with)
        : key(std::move(of)), salts(with) {}

    std::shared_ptr<const crypto::auth_key> key;
    salt_schedule salts;
    std::optional<unix_time> expires;     ///< a temporary key
    std::shared_ptr<key_state> bound_to;  ///< the permanent key behind a temporary one
    int layer = 0;                        ///< of initConnection; 0: none yet
    login_state login;                    ///< of a permanent key
    std::map<std::int64_t, std::shared_ptr<session>> sessions;
};

/// One data centre: its keys are its own.
struct data_centre {
    /// Old keys and sessions are dropped when there are more.
    static constexpr std::size_t most_keys = 100'000;
    static constexpr std::size_t most_sessions = 256;  ///< of one key

    int id = 0;
    std::map<std::int64_t, std::shared_ptr<key_state>> keys;
};

/// The numbers that name the channel.
inline constexpr std::int64_t channel_id = 1'500'000'001;

/// Where accounts live: data centre 2, where most clients knock first, if there is one.
constexpr int home_of(int dcs) noexcept {
    return dcs < 2 ? 1 : 2;
}

struct cluster {
    cluster(io::environment environment, local_dc_options chosen, server_key rsa, catalogue files);

    /// Hashes of a name and the run's secret: what clients must have been told before they can use a thing.
    std::int64_t access_hash(std::int64_t user, std::int64_t of) const;
    bytes file_reference(std::int64_t document) const;

    /// Reads the options' faults and scenario. Throws error with errc::bad_argument.
    void plan_faults();
    data_centre* find_dc(int id);
    /// Seconds since 1970, as TL's dates are.
    std::int32_t date() const;

    std::shared_ptr<void> kept;  ///< what the environment refers to, when it is the cluster's own
    io::environment env;
    local_dc_options options;
    local_dc_info info;
    server_key rsa_key;
    catalogue files;
    accounts people;
    traffic::fault_plan faults;
    flood_watch floods;
    buffer_pool buffers;
    int home_dc;
    std::vector<data_centre> dcs;
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
