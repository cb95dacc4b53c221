// Logins, leases and flood waits in Redis, for accounts that several machines take turns at.
#pragma once

#include <mtproto/account_lease.hpp>
#include <mtproto/clock.hpp>
#include <mtproto/session_store.hpp>
#include <mtproto/shared_waits.hpp>

#include <chrono>
#include <filesystem>
#include <memory>
#include <string>

namespace mtproto {

/// One Redis server of version 5 or later: replicas that take over may have missed the last lease. After each
/// start it gives no new lease for the time of one, as it may have forgotten some. Keys begin with
/// "mtproto:". No error and no log line holds a password or a key.
struct redis_options {
    redis_options() = default;
    explicit redis_options(std::string where) : url(std::move(where)) {}

    /// redis://[[USER]:PASSWORD@]HOST[:PORT][/DATABASE], with % before hexadecimal digits for other letters.
    /// rediss:// is TLS: the certificate must be trusted, and name HOST.
    std::string url;
    /// Sessions are encrypted by AES-256-GCM under the key in this file, which all machines have: 32 bytes,
    /// or 64 hexadecimal digits. A session needs it; leases and waits do not.
    std::filesystem::path key_file = {};
    /// For rediss: certificates in PEM. Empty: those that the system trusts.
    std::string trusted_certificates = {};
    lease_times lease = {};
    /// Of one exchange with the server, connecting included; an idle connection that was lost makes two.
    /// load() takes two exchanges. A resolver of names that does not answer takes its own time.
    duration timeout = std::chrono::seconds(2);
};

/// One account's login, for each cluster. load() takes the lease on the account, and the store keeps it until
/// it goes (session_store::lease); a change is made under it alone. A connection that was lost is an error,
/// and made again by the next call. Throws errc::bad_argument for a wrong URL or name, and without a key
/// file. Errors: errc::account_in_use; errc::session_file.
std::shared_ptr<session_store> redis_session(redis_options options, std::string account);

/// Leases for sessions that are kept elsewhere. Throws errc::bad_argument for a wrong URL.
std::shared_ptr<account_leases> redis_leases(redis_options options);

/// Waits that other processes learn within a second. A thread of its own sends and looks for them; where the
/// server is away, it goes on once that is back. Throws errc::bad_argument for a wrong URL.
std::shared_ptr<shared_waits> redis_waits(redis_options options);

}  // namespace mtproto
