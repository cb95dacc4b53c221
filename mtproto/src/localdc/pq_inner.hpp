// What a client encrypts with the RSA key: p_q_inner_data in its four forms and two paddings
// (protocol 2.4, 2.5).
#pragma once

#include "crypto/kdf.hpp"
#include "crypto/rsa.hpp"
#include "crypto/secret.hpp"

#include <mtproto/bytes.hpp>

#include <cstdint>
#include <optional>

namespace mtproto::localdc {

struct pq_inner {
    std::uint64_t pq = 0;
    std::uint64_t p = 0;
    std::uint64_t q = 0;
    crypto::int128 nonce{};
    crypto::int128 server_nonce{};
    crypto::secret<32> new_nonce;
    std::optional<std::int32_t> dc;
    std::optional<std::int32_t> expires_in;  ///< of a temporary key
};

/// Decrypts and reads it; nothing when it does not verify. Besides RSA_PAD it takes the padding that came
/// before (SHA1, data, random bytes) and the forms without a DC: Telegram's servers still do, and old clients
/// need it.
std::optional<pq_inner> open_pq_inner(const crypto::rsa_private_key& key, byte_view encrypted);

}  // namespace mtproto::localdc
