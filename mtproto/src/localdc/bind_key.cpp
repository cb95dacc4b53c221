// Opening the MTProto 1.0 envelope that proves that the client has both keys.
#include "localdc/bind_key.hpp"

#include "base/endian.hpp"
#include "crypto/aes_ige.hpp"
#include "crypto/kdf.hpp"
#include "localdc/call.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <algorithm>
#include <optional>

namespace mtproto::localdc {
namespace {

// random128, msg_id, seqno, length, then the inner message of 40 bytes.
constexpr std::size_t inner_offset = 32;
constexpr std::size_t inner_size = 40;
constexpr std::size_t text_size = inner_offset + inner_size;
constexpr std::size_t envelope_head = 8 + std::tuple_size_v<crypto::message_key>;

std::optional<tl::bind_auth_key_inner> open_inner(const crypto::auth_key& perm, const bind_request& wanted) {
    const byte_view all = wanted.encrypted;
    if (all.size() < envelope_head + text_size || (all.size() - envelope_head) % crypto::aes_block_size != 0)
        return std::nullopt;
    if (load_le<std::int64_t>(all.data()) != perm.id()) return std::nullopt;
    crypto::message_key msg_key;
    std::copy_n(all.data() + 8, msg_key.size(), msg_key.begin());
    std::vector<std::byte> text(all.begin() + envelope_head, all.end());
    crypto::aes_ige_decrypt(text, text, crypto::message_cipher_v1(perm, msg_key));
    const byte_view unpadded = byte_view(text).first(text_size);
    if (!crypto::constant_time_equal(crypto::message_key_v1(unpadded), msg_key)) return std::nullopt;
    const bool right_head = load_le<std::int64_t>(text.data() + 16) == wanted.msg_id &&
                            load_le<std::int32_t>(text.data() + 24) == 0 &&
                            load_le<std::int32_t>(text.data() + 28) == static_cast<std::int32_t>(inner_size);
    if (!right_head) return std::nullopt;
    auto inner = tl::decode<tl::bind_auth_key_inner>(bytes::copy(unpadded.subspan(inner_offset)));
    if (!inner) return std::nullopt;
    return *inner;
}

}  // namespace

void bind_temporary_key(data_centre& dc, key_state& key, const bind_request& wanted, unix_time now) {
    if (!key.expires) throw refusal{400, "TEMP_AUTH_KEY_EMPTY"};
    const auto perm = dc.keys.find(wanted.perm_key_id);
    if (perm == dc.keys.end() || perm->second->expires) throw refusal{400, "ENCRYPTED_MESSAGE_INVALID"};
    const auto inner = open_inner(*perm->second->key, wanted);
    if (!inner || inner->nonce != wanted.nonce || inner->temp_auth_key_id != key.key->id() ||
        inner->perm_auth_key_id != wanted.perm_key_id || inner->temp_session_id != wanted.session_id)
        throw refusal{400, "ENCRYPTED_MESSAGE_INVALID"};
    if (inner->expires_at != wanted.expires_at || std::chrono::seconds(wanted.expires_at) <= now)
        throw refusal{400, "EXPIRES_AT_INVALID"};
    if (key.bound_to && key.bound_to != perm->second) throw refusal{400, "TEMP_AUTH_KEY_ALREADY_BOUND"};
    key.bound_to = perm->second;
    key.layer = 0;
}

}  // namespace mtproto::localdc
