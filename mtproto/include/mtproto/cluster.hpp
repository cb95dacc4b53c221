// A set of data centres: where they are, and the keys that prove them.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

namespace mtproto {

/// One address of a data centre.
struct dc_address {
    dc_address() = default;
    dc_address(int number, std::string address, std::uint16_t at_port = 443, bool only_media = false)
        : dc(number), host(std::move(address)), port(at_port), media_only(only_media) {}

    int dc = 0;
    std::string host;  ///< an IPv4 or IPv6 address
    std::uint16_t port = 443;
    bool media_only = false;
};

/// A set of data centres and the RSA keys that prove them.
struct cluster {
    cluster() = default;

    std::vector<dc_address> addresses;         ///< to start from; help.getConfig refreshes them
    std::vector<std::string> rsa_public_keys;  ///< PKCS#1 PEM
    int home_dc = 2;                           ///< where a new login starts
    bool test = false;  ///< Telegram's test cluster marks its data centres (protocol 1.7)
    /// DC n takes WebSockets at NAME.web.telegram.org, NAME the n-th of these. Without names it takes them at
    /// its ordinary addresses.
    std::vector<std::string> websocket_names = {};

    /// Telegram itself, as built in: five data centres, each on several addresses and ports.
    static cluster production();
    /// Telegram's servers for trying things out, with accounts of their own.
    static cluster test_servers();
};

/// The name that tells the cluster's sessions from others' (session_store::select): the fingerprint of its
/// first RSA key in 16 hexadecimal digits. A second key does not change it. Throws errc::bad_argument when
/// there is no key, or when the first is no PEM of 2048 bits.
std::string cluster_name(const cluster& servers);

}  // namespace mtproto
