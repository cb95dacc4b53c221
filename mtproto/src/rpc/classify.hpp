// What to do about an RPC error (protocol 6).
#pragma once

#include "rpc/rpc_error.hpp"

#include <mtproto/clock.hpp>

#include <string_view>

namespace mtproto::rpc {

enum class action {
    fail,           ///< the caller's to know: nothing here mends it
    retry,          ///< wait by the backoff and send again, while the retry budget lasts (500, below 0)
    wait,           ///< wait `delay`, then send again; uses up no budget (420)
    back_off,       ///< wait by the backoff and send again, for a bounded time (420 without a number)
    migrate_file,   ///< send to DC `value` instead, for this file only (FILE_MIGRATE_X)
    migrate_home,   ///< the account lives on DC `value`: make it the home DC (PHONE_, USER_, NETWORK_)
    migrate_stats,  ///< send this statistics request to DC `value` (STATS_MIGRATE_X)
    refresh_file_reference,  ///< fetch the file's origin again, once (FILE_REFERENCE_*)
    refresh_config,          ///< fetch the configuration again, then send again (MTPROTO_CLUSTER_INVALID)
    init_connection,         ///< send again inside invokeWithLayer (CONNECTION_NOT_INITED; protocol 5.11)
    need_password,           ///< two-step verification comes next (SESSION_PASSWORD_NEEDED)
    probe_key,               ///< see whether the permanent key still works before dropping it (protocol 3.5)
    bind_again,              ///< drop the temporary key, bind a new one (AUTH_KEY_PERM_EMPTY, _INVALID)
    logged_out,              ///< on the home DC: the login is gone
    import_again,            ///< on another DC: import the authorization again
    session_dead,            ///< AUTH_KEY_DUPLICATED (406): the key is not to be used again
};

/// An action and its numbers.
struct advice {
    rpc::action action = rpc::action::fail;
    int value =
        0;  ///< the error's number: the DC of a migration, a flood's seconds, a file reference's index
    duration delay{};  ///< wait: how long; retry, back_off: at least so long
};

/// By the name where that is known, else by the code. `on_home_dc`: whether the request went to the account's
/// home DC, which decides what 401 means.
advice classify(const rpc_error& error, bool on_home_dc);

}  // namespace mtproto::rpc
