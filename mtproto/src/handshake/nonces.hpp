// Whether an answer belongs to this exchange.
#pragma once

#include "crypto/secret.hpp"
#include "handshake/steps.hpp"

namespace mtproto::handshake {

/// Every answer repeats both nonces (protocol 2.8); anything else is somebody else's, or forged.
template <class Answer>
bool nonces_match(const Answer& from, const exchange& state) noexcept {
    return crypto::constant_time_equal(from.nonce, state.nonce) &&
           crypto::constant_time_equal(from.server_nonce, state.server_nonce);
}

}  // namespace mtproto::handshake
