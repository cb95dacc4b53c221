// The name that keeps a cluster's sessions apart from others'.
#include "crypto/rsa.hpp"

#include <mtproto/config.hpp>

#include <cstdio>

namespace mtproto {

std::string cluster_name(const cluster& servers) {
    if (servers.rsa_public_keys.empty())
        throw error(failure(errc::bad_argument, "the cluster has no RSA key"));
    const auto key = crypto::rsa_public_key::from_pem(servers.rsa_public_keys.front());
    if (!key) throw error(failure(errc::bad_argument, "the cluster's RSA key is no PEM of 2048 bits"));
    char text[17];
    std::snprintf(text, sizeof text, "%016llx", static_cast<unsigned long long>(key->fingerprint()));
    return text;
}

}  // namespace mtproto
