// Telegram's own data centres as built in (protocol 1.13, 2.13, 2.14); help.getConfig refreshes them.
#include "crypto/rsa.hpp"

#include <mtproto/config.hpp>

#include <span>

namespace mtproto {
namespace {

struct built_in {
    int dc;
    const char* ipv4;
    const char* ipv6;
};

/// Each address listens on all of these, the first for preference (protocol 1.13).
constexpr std::uint16_t ports[] = {443, 80, 5222};

constexpr built_in production_addresses[] = {
    {1, "149.154.175.50", "2001:b28:f23d:f001::a"},  {2, "149.154.167.51", "2001:67c:4e8:f002::a"},
    {3, "149.154.175.100", "2001:b28:f23d:f003::a"}, {4, "149.154.167.91", "2001:67c:4e8:f004::a"},
    {5, "149.154.171.5", "2001:b28:f23f:f005::a"},
};

constexpr built_in test_addresses[] = {
    {1, "149.154.175.10", "2001:b28:f23d:f001::e"},
    {2, "149.154.167.40", "2001:67c:4e8:f002::e"},
    {3, "149.154.175.117", "2001:b28:f23d:f003::e"},
};

cluster made_of(std::span<const built_in> addresses, std::span<const crypto::rsa_public_key> keys) {
    cluster made;
    for (const built_in& each : addresses) {
        for (const char* host : {each.ipv4, each.ipv6}) {
            for (const std::uint16_t port : ports) {
                dc_address& address = made.addresses.emplace_back();
                address.dc = each.dc;
                address.host = host;
                address.port = port;
            }
        }
    }
    for (const crypto::rsa_public_key& key : keys)
        made.rsa_public_keys.push_back(key.to_pem());
    made.websocket_names = {"pluto", "venus", "aurora", "vesta", "flora"};  // protocol 1.14
    return made;
}

}  // namespace

cluster cluster::production() {
    return made_of(production_addresses, crypto::telegram_production_keys());
}

cluster cluster::test_servers() {
    cluster made = made_of(test_addresses, crypto::telegram_test_keys());
    made.test = true;
    return made;
}

}  // namespace mtproto
