// Which end of a connection this is.
#pragma once

#include "crypto/kdf.hpp"

namespace mtproto::wire {

enum class role { client, server };

/// The way of messages that this end sends.
constexpr crypto::direction sends(role self) noexcept {
    return self == role::client ? crypto::direction::to_server : crypto::direction::to_client;
}
/// The way of messages that this end receives.
constexpr crypto::direction receives(role self) noexcept {
    return self == role::client ? crypto::direction::to_client : crypto::direction::to_server;
}

}  // namespace mtproto::wire
