// What a cluster keeps of its clients' conduct: waits, sessions, places, takeouts.
#pragma once

#include "localdc/flood_watch.hpp"
#include "localdc/key_places.hpp"
#include "localdc/method_floods.hpp"
#include "localdc/session_limit.hpp"
#include "localdc/takeouts.hpp"

#include <mtproto/local_dc.hpp>

namespace mtproto::localdc {

struct rule_keeping {
    explicit rule_keeping(const local_dc_options& options)
        : waits(options.floods), places(options.key_rule), takeouts(options.takeout_delay) {}

    /// A connection has ended.
    void forget(std::int64_t connection) {
        sessions.forget(connection);
        places.forget(connection);
    }

    flood_watch floods;
    method_floods waits;
    session_limit sessions;  ///< at general addresses
    key_places places;
    localdc::takeouts takeouts;
};

}  // namespace mtproto::localdc
