// The data centres of a cluster, the CDN if there is one, and the RSA keys that prove them.
#pragma once

#include "localdc/cdn.hpp"
#include "localdc/data_centre.hpp"
#include "localdc/server_key.hpp"

#include <optional>
#include <vector>

namespace mtproto::localdc {

/// Where accounts live: data centre 2, where most clients knock first, if there is one.
constexpr int home_of(int dcs) noexcept {
    return dcs < 2 ? 1 : 2;
}

struct data_centres {
    /// Data centres 1 to `count`, without a CDN.
    data_centres(int count, server_key rsa);

    /// Null when there is none of this number.
    data_centre* find(int id);
    /// The RSA key that proves a data centre.
    const crypto::rsa_private_key& key_of(const data_centre& dc) const;

    int home;
    server_key rsa_key;  ///< of all but the CDN
    std::vector<data_centre> general;
    std::optional<localdc::cdn> cdn;
};

}  // namespace mtproto::localdc
