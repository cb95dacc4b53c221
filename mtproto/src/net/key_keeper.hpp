// The key that the sessions on one link use: had before the first, renewed in time, and moved on from.
#pragma once

#include "net/connection_options.hpp"
#include "net/make_key.hpp"
#include "net/rekeying.hpp"
#include "net/services.hpp"
#include "net/session_pump.hpp"

#include <mtproto/error.hpp>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <vector>

namespace mtproto::net {

struct obtained_key {
    /// Of that key, ended on the link: packets may still come for them.
    std::vector<std::int64_t> ended_sessions = {};
    /// The quickest of the exchange; nothing where it was not made here.
    std::optional<duration> round_trip = std::nullopt;
};

/// Lives as long as the link. Not thread safe. The arguments of the constructor must outlive it.
class key_keeper {
  public:
    /// Dials the server once more.
    using dial_again = std::function<io::awaitable<outcome<dialled>>()>;

    key_keeper(services& shared, std::shared_ptr<key_slot> slot, const connection_options& settings,
               rekeying& keys, dial_again dial);

    /// Sees to it that the slot has a key that may be used: waits for it, makes it or has it proved over
    /// `over`, which carries nothing else meanwhile. Errors: those of make_key and prove_key.
    io::awaitable<outcome<obtained_key>> obtain(link& over);
    /// Renews the slot's key, and moves the sessions of `pump` to each next one, until cancelled or the link
    /// ends. `calls`, `policy`: of the same connection.
    io::awaitable<void> keep(session_pump& pump, const session_calls& calls, const reconnect_policy& policy);

  private:
    key_wishes wishes() const;
    io::awaitable<outcome<void>> prove(link& over);
    io::awaitable<outcome<void>> renew();
    io::awaitable<bool> rest(io::event& turn, std::optional<time_point> until);

    services& shared_;
    std::shared_ptr<key_slot> slot_;
    const connection_options& settings_;
    rekeying& keys_;
    dial_again dial_;
};

}  // namespace mtproto::net
