// The session of a connection and the calls in it: it outlives links, and is another one with each key.
#pragma once

#include "net/call_table.hpp"
#include "net/connection_options.hpp"
#include "net/key_slot.hpp"
#include "net/reconnect_policy.hpp"
#include "net/services.hpp"
#include "session/session.hpp"

#include <mtproto/error.hpp>

#include <cstdint>
#include <memory>
#include <vector>

namespace mtproto::net {

/// Hands calls to the session while a link is up, and ends each with the event that the session has for it.
/// Not thread safe. The arguments of the constructor must outlive it.
class session_calls {
  public:
    using call_ptr = call_table::call_ptr;

    session_calls(services& shared, key_slot& slot, const connection_options& settings,
                  reconnect_policy& policy);

    /// Null before the first link was up.
    session::session* session() const noexcept { return session_.get(); }
    /// Whether the session is on a link.
    bool is_connected() const noexcept { return connected_; }
    /// Another number for each session on each link.
    std::uint64_t epoch() const noexcept { return epoch_; }
    const call_table& table() const noexcept { return table_; }
    void set_round_trip(duration measured) noexcept { table_.set_round_trip(measured); }

    /// A link is there for a session under the slot's key: another one unless the last had the same key.
    /// Calls that the last one had wait for connect(), or end with connection_closed where they are not
    /// idempotent.
    void begin_session();
    /// The session is on the link, and has the calls that waited. `ended_sessions`: ids of others under its
    /// key on that link.
    void connect(const std::vector<std::int64_t>& ended_sessions);
    void disconnect();

    /// False when the call waits for a session under another key than the present session's.
    [[nodiscard]] bool submit(const call_ptr& call);
    /// The call is not wanted any more.
    void withdraw(const call_ptr& call);
    /// An attempt or a link failed for `why` (call_table::add_setback). True when calls were given up for it.
    bool add_setback(const failure& why, int limit, bool all);
    void fail_all(const failure& why);
    /// Ends a call that was not submitted.
    void finish(pending_call& call, outcome<bytes> with) const { table_.finish(call, std::move(with)); }

    /// Any event of the session but session::link_broken. False as of submit().
    [[nodiscard]] bool handle(session::event& event);

  private:
    [[nodiscard]] bool reject(const call_ptr& call, const session::rpc_failure& refusal);
    void drop_keys();
    rpc::flood_policy::key flood_key(std::string_view method) const;

    services& shared_;
    key_slot& slot_;
    const connection_options& settings_;
    reconnect_policy& policy_;
    std::unique_ptr<session::session> session_;
    call_table table_;
    std::uint64_t epoch_ = 0;
    bool connected_ = false;
};

}  // namespace mtproto::net
