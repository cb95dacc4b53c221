// The sole use of an account among processes and machines: taken, kept, and lost in good time.
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>

#include <chrono>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <memory>
#include <string_view>

namespace mtproto {

enum class lease_state {
    held,     ///< renewed in time
    at_risk,  ///< it could not be renewed; whoever has it may go on until held_until()
    lost      ///< it is over, for good: take another one
};

/// How long leases last. All who share a service of leases choose the same.
struct lease_times {
    lease_times() = default;
    explicit lease_times(duration lasting) : ttl(lasting), margin(lasting / 10) {}

    duration ttl = std::chrono::seconds(30);  ///< a process that dies keeps others out for so long
    /// The holder stops so long before the others may begin: for clocks that differ, and to stop in.
    duration margin = std::chrono::seconds(3);
};

/// One account, as long as it is ours. A thread of its own renews it after each third of its time. Thread
/// safe.
class account_lease {
  public:
    /// Gives it back, where the service can be reached, and ends its thread. May block for a second.
    virtual ~account_lease() = default;

    /// The account must not be used from then on, unless a renewal moves this. By system_clock(), and counted
    /// while the machine sleeps, too. time_point::max() where it does not end by time.
    virtual time_point held_until() const = 0;
    virtual lease_state state() const = 0;
    /// Larger than that of each earlier lease on this account, so that whoever stores something for the
    /// holder can refuse one that was overtaken. 0 where it does not end by time.
    virtual std::int64_t fence() const = 0;

    /// `told` hears of each change, with the reason, on any thread; it must not block. It hears at once that
    /// the lease is lost already. Once this returns, an earlier one is called no more. Empty: nobody.
    using listener = std::function<void(lease_state, const failure& why)>;
    virtual void on_change(listener told) = 0;
};

/// Where leases are kept. Thread safe.
class account_leases {
  public:
    virtual ~account_leases() = default;
    /// Blocks for the time of a disk or of one exchange with a server, a few seconds at most. Errors:
    /// errc::account_in_use when another has it; errc::session_file when the service does not work.
    virtual outcome<std::unique_ptr<account_lease>> take(std::string_view account) = 0;
};

/// Locks on files in `folder`, for processes of one machine and its containers. They end with their process,
/// not by time. A folder of a file system without locks gives none: errc::session_file.
std::shared_ptr<account_leases> file_leases(std::filesystem::path folder);

}  // namespace mtproto
