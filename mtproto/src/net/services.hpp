// What all connections of one client share.
#pragma once

#include "base/buffer_pool.hpp"
#include "crypto/rsa.hpp"
#include "handshake/options.hpp"
#include "io/environment.hpp"
#include "net/dialer.hpp"
#include "net/init_connection.hpp"
#include "net/packet_decrypter.hpp"
#include "rpc/flood_policy.hpp"

#include <memory>
#include <vector>

namespace mtproto::net {

struct services {
    /// `alive`: whatever must live as long as anything that uses the environment.
    services(io::environment machine, std::shared_ptr<const void> alive)
        : owner(std::move(alive)), environment(std::move(machine)), packets(environment.executor) {}

    std::shared_ptr<const void> owner;
    io::environment environment;
    buffer_pool buffers;
    packet_decrypter packets;
    std::unique_ptr<net::dialer> dialer;
    std::vector<crypto::rsa_public_key> rsa_keys;
    handshake::known_primes primes;
    client_description client;
    bool test_cluster = false;
    rpc::flood_policy floods;             // of the account: what any connection was told
    duration max_wait = duration::max();  // of a flood

    time_point now() const { return environment.time->now(); }
    unix_time unix_now() const { return environment.time->unix_now(); }
    void log(log_level level, std::string_view line) const {
        if (environment.log) environment.log(level, line);
    }
};

}  // namespace mtproto::net
