// A wait of a client: its reason and its end.
#pragma once

#include <mtproto/clock.hpp>

#include <functional>
#include <optional>
#include <string>

namespace mtproto {

enum class wait_kind {
    flood,    ///< a server asked for a pause; nothing of the kind is sent before its end
    outage,   ///< there is no connection
    silence,  ///< no answer comes, or none of a connection that is up again
};

/// One wait. Its times are those of the client's clock: mtproto::system_clock() unless it runs on another.
struct wait_info {
    wait_info() = default;

    wait_kind kind = wait_kind::silence;
    int dc = 0;               ///< the data centre; 0 when not known
    std::string method = {};  ///< of the request that waits, by its schema name; may be empty
    time_point begin{};
    /// flood: when requests go out again. outage: the next attempt; nothing while one is under way.
    /// silence: nothing.
    std::optional<time_point> end = std::nullopt;
    /// Of a pool's stream: so many accounts wait, and `end` is the first one's. 0: a client's wait.
    int accounts = 0;

    bool operator==(const wait_info&) const = default;
};

/// Called when a wait begins, when it becomes another one, and with nothing when it is over. Waits of a
/// second or less may be left out, but for floods. Runs on the client's executor; must not block. For an
/// exception see config.
using wait_callback = std::function<void(const std::optional<wait_info>&)>;

}  // namespace mtproto
