// One data centre: the keys that were agreed on with it, and who is signed in under them.
#pragma once

#include "crypto/auth_key.hpp"
#include "crypto/srp.hpp"
#include "localdc/salts.hpp"
#include "localdc/server_session.hpp"

#include <mtproto/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>

namespace mtproto::localdc {

/// The login of an authorization key.
struct login_state {
    std::int64_t user = 0;             ///< 0: nobody
    int number = 0;                    ///< of the account's logins: some of them may have been ended
    bool duplicated = false;           ///< its key was used at two places at a time
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
    std::map<std::int64_t, std::shared_ptr<server_session>> sessions;
};

/// A session and the key that encrypts it.
struct session_context {
    std::shared_ptr<key_state> key;
    std::shared_ptr<server_session> session;
};

/// One data centre: its keys are its own.
struct data_centre {
    /// Old keys and sessions are dropped when there are more.
    static constexpr std::size_t most_keys = 100'000;
    static constexpr std::size_t most_sessions = 256;  ///< of one key

    int id = 0;
    std::map<std::int64_t, std::shared_ptr<key_state>> keys;
};

}  // namespace mtproto::localdc
