// What a connection is to a data centre, and how patient it is.
#pragma once

#include "crypto/rsa.hpp"
#include "io/network.hpp"
#include "session/options.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/clock.hpp>

#include <chrono>
#include <functional>
#include <vector>

namespace mtproto::net {

struct connection_options {
    int dc = 0;
    bool media = false;                   ///< the addresses are media-only ones
    std::vector<io::endpoint> addresses;  ///< the next one is tried when one does not answer
    duration connect_timeout = std::chrono::seconds(10);
    /// For each answer of a key exchange or a binding; a loaded server takes a second or two.
    duration exchange_timeout = std::chrono::seconds(15);
    session::options session;
    /// Calls under way on a link that ends with -429 are given up at once: others can carry them, and one
    /// connection too many (protocol 8.8) would have them wait for pause after pause.
    bool fail_on_429 = false;
    /// The caller can do without this server: calls are given up at its first failure before it has answered
    /// anything.
    bool give_up_at_first_failure = false;
    /// That prove the server; empty: the client's own (services::rsa_keys).
    std::vector<crypto::rsa_public_key> rsa_keys = {};
    /// Nothing about the device is told (services::who): to servers that are none of Telegram's.
    bool anonymous = false;
    /// Called when the server said that it is not this data centre (-444): the addresses are wrong.
    std::function<void()> on_wrong_dc = {};
    /// Takes what the server sends and nobody asked for: a boxed object of updates.
    std::function<void(byte_view)> on_update = {};
};

}  // namespace mtproto::net
