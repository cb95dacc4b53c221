// The message that binds a temporary key to a permanent one (protocol 3.2, 3.3).
#pragma once

#include "crypto/auth_key.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/random.hpp>

#include <cstdint>

namespace mtproto::handshake {

/// What auth.bindTempAuthKey is about. The same nonce and expires_at go into its own fields.
struct binding {
    std::int64_t nonce = 0;  ///< random
    std::int64_t temp_key_id = 0;
    std::int64_t temp_session_id = 0;  ///< of the session, under the temporary key, that sends the request
    std::int64_t expires_at = 0;       ///< server time in unix seconds (established::expires_at)
    std::int64_t msg_id = 0;           ///< that the request itself will have
};

/// auth.bindTempAuthKey's `encrypted_message`: bind_auth_key_inner in an MTProto 1.0 envelope under the
/// permanent key. Draws 16 bytes of `random` for the message and then its padding.
bytes bind_message(const crypto::auth_key& permanent, const binding& what, random_source& random);

}  // namespace mtproto::handshake
