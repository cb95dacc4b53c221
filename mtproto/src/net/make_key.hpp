// Gives a key slot its key: exchanges, and the binding of a temporary key (protocol 2, 3).
#pragma once

#include "net/key_slot.hpp"
#include "net/link.hpp"
#include "net/services.hpp"

#include <mtproto/error.hpp>

#include <cstdint>
#include <vector>

namespace mtproto::net {

struct key_wishes {
    std::int32_t dc = 0;         ///< as the inner data names it (protocol 2.4)
    bool media = false;          ///< the link goes to a media-only address
    duration answer_timeout{0};  ///< for each answer of the server
    /// That prove the server; empty: services::rsa_keys.
    std::vector<crypto::rsa_public_key> rsa_keys = {};
};

struct made_key {
    duration round_trip{0};  ///< the quickest
    /// Of the key that was made, ended on that link: packets may still come for them.
    std::vector<std::int64_t> sessions = {};
    /// Ids of keys that could not be bound there. The same.
    std::vector<std::int64_t> refused_keys = {};
};

/// Makes the key of `slot`, over a link that carries nothing else meanwhile, and the permanent one behind it
/// when that is missing or turns out to be forgotten. The caller holds the slot's exchange_turn.
///
/// A temporary key that cannot be bound is tried once more with a fresh one. When that does not help, either,
/// the permanent key is probed: a server that does not know it says so, which counts as a refusal of it
/// (protocol 3.5). Errors: errc::handshake_failed with what the server said, rpc_error for what passes (420,
/// 500), transport_error, timed_out, connection_closed, cancelled ...
io::awaitable<outcome<made_key>> make_key(services& shared, key_slot& slot, link& over, key_wishes how);

}  // namespace mtproto::net
