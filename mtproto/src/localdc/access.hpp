// A cluster on an environment of one's own: pipes and virtual time, a seeded random source, a key made
// before.
#pragma once

#include "io/environment.hpp"
#include "localdc/server_key.hpp"

#include <mtproto/local_dc.hpp>

#include <optional>

namespace mtproto {

struct local_dc_access {
    /// The environment's objects must outlive the cluster and its coroutines.
    static local_dc make(io::environment environment, local_dc_options options,
                         std::optional<localdc::server_key> key = {});
};

}  // namespace mtproto
