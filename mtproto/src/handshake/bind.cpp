// Writes the binding message in its MTProto 1.0 envelope.
#include "handshake/bind.hpp"

#include "base/endian.hpp"
#include "crypto/aes_ige.hpp"
#include "crypto/kdf.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <cstring>

namespace mtproto::handshake {
namespace {

// random 16 | msg_id 8 | seqno 4 | length 4
constexpr std::size_t random_size = 16;
constexpr std::size_t head_size = random_size + 16;
constexpr std::size_t inner_size = 40;
constexpr std::size_t used_size = head_size + inner_size;
constexpr std::size_t padded_size =
    (used_size + crypto::aes_block_size - 1) / crypto::aes_block_size * crypto::aes_block_size;
constexpr std::size_t prefix_size = 8 + 16;  // key id | msg_key

}  // namespace

bytes bind_message(const crypto::auth_key& permanent, const binding& what, random_source& random) {
    tl::bind_auth_key_inner inner{};
    inner.nonce = what.nonce;
    inner.temp_auth_key_id = what.temp_key_id;
    inner.perm_auth_key_id = permanent.id();
    inner.temp_session_id = what.temp_session_id;
    inner.expires_at = static_cast<std::int32_t>(what.expires_at);
    const bytes encoded = tl::encode(inner);

    buffer out = buffer::allocate(prefix_size + padded_size);
    const byte_span prefix = out.span().first(prefix_size);
    const byte_span plain = out.span().subspan(prefix_size, padded_size);
    random.fill(plain.first(random_size));
    store_le<std::int64_t>(plain.data() + random_size, what.msg_id);
    store_le<std::int32_t>(plain.data() + random_size + 8, 0);  // seqno
    store_le<std::int32_t>(plain.data() + random_size + 12, static_cast<std::int32_t>(inner_size));
    std::memcpy(plain.data() + head_size, encoded.data(), inner_size);
    random.fill(plain.subspan(used_size));

    const crypto::message_key msg_key = crypto::message_key_v1(plain.first(used_size));
    crypto::aes_ige_encrypt(plain, plain, crypto::message_cipher_v1(permanent, msg_key));
    store_le<std::int64_t>(prefix.data(), permanent.id());
    std::memcpy(prefix.data() + 8, msg_key.data(), msg_key.size());
    return {std::move(out), 0, prefix_size + padded_size};
}

}  // namespace mtproto::handshake
