// The other end of a stream, where it has an address.
#pragma once

#include "io/stream.hpp"

#include <string>

namespace mtproto::io {

/// Of streams that were accepted from a network with addresses.
class has_peer {
  public:
    virtual ~has_peer() = default;
    /// The address, without a port; empty when the connection is gone.
    virtual std::string peer() const = 0;
};

/// Empty where a stream has none.
inline std::string peer_of(const stream& one) {
    const auto* known = dynamic_cast<const has_peer*>(&one);
    return known ? known->peer() : std::string();
}

}  // namespace mtproto::io
