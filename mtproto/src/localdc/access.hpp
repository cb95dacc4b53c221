// A cluster on an environment of one's own: pipes and virtual time, a seeded random source, a key made
// before.
#pragma once

#include "io/environment.hpp"
#include "localdc/server_key.hpp"
#include "localdc/tally.hpp"

#include <mtproto/local_dc.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>

namespace mtproto {

struct local_dc_access {
    /// The environment's objects must outlive the cluster and its coroutines.
    static local_dc make(io::environment environment, local_dc_options options,
                         std::optional<localdc::server_key> key = {},
                         std::optional<localdc::server_key> cdn_key = {});
    /// What goes wrong from now on, in a cluster where nothing did so far. Times count from now, the numbers
    /// of connections from the cluster's start. Throws as local_dc does.
    static void set_scenario(local_dc& of, const std::string& scenario, std::uint64_t seed);
    /// Clients' connections that are open, greetings included.
    static std::size_t connections(const local_dc& of);
    static localdc::tally counts(const local_dc& of);
};

}  // namespace mtproto
