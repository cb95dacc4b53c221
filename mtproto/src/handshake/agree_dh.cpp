// Step 3: this side's half of the Diffie-Hellman exchange, and the key (protocol 2.10 to 2.12).
#include "crypto/sha.hpp"
#include "handshake/nonces.hpp"
#include "handshake/steps.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <algorithm>
#include <cstring>

namespace mtproto::handshake {
namespace {

byte_view without_leading_zeros(byte_view number) {
    const auto first =
        std::find_if(number.begin(), number.end(), [](std::byte b) { return b != std::byte{0}; });
    return number.subspan(static_cast<std::size_t>(first - number.begin()));
}

// SHA1(inner) | inner | random padding to whole blocks, under the exchange's temporary key.
bytes encrypt_inner(const tl::client_DH_inner_data& inner, const exchange& state) {
    const bytes encoded = tl::encode(inner);
    const crypto::sha1_digest hash = crypto::sha1(encoded);
    const std::size_t used = hash.size() + encoded.size();
    const std::size_t padded =
        (used + crypto::aes_block_size - 1) / crypto::aes_block_size * crypto::aes_block_size;
    buffer data = buffer::allocate(padded);
    const byte_span all = data.span().first(padded);
    std::memcpy(all.data(), hash.data(), hash.size());
    std::memcpy(all.data() + hash.size(), encoded.data(), encoded.size());
    state.random->fill(all.subspan(used));
    crypto::aes_ige_encrypt(all, all, crypto::handshake_cipher(state.new_nonce, state.server_nonce));
    return {std::move(data), 0, padded};
}

bool hash_matches(const crypto::int128& given, unsigned number, const exchange& state,
                  const crypto::auth_key& key) {
    return crypto::constant_time_equal(given, crypto::new_nonce_hash(state.new_nonce, number, key));
}

}  // namespace

result<next<agree_dh>> agree_dh::propose(std::unique_ptr<exchange> state, const dh_group& group,
                                         std::int64_t retry_id, int tries) {
    const auto own = crypto::generate_dh(group.g, group.p, *state->random);
    if (!own) return own.error();
    const auto shared = crypto::dh_shared(group.g_a, own->exponent, group.p);
    if (!shared) return shared.error();
    auto key = std::make_shared<const crypto::auth_key>(shared->span());

    tl::client_DH_inner_data inner{};
    inner.nonce = state->nonce;
    inner.server_nonce = state->server_nonce;
    inner.retry_id = retry_id;
    inner.g_b = bytes::copy(without_leading_zeros(own->value));
    tl::set_client_DH_params request{};
    request.nonce = state->nonce;
    request.server_nonce = state->server_nonce;
    request.encrypted_data = encrypt_inner(inner, *state);
    bytes encoded = tl::encode(request);
    return next<agree_dh>{agree_dh(std::move(state), group, std::move(key), tries), std::move(encoded)};
}

result<agree_dh::answer> agree_dh::on_answer(const bytes& body) && {
    const auto decoded =
        tl::decode_prefix<tl::Set_client_DH_params_answer>(body);  // bytes may trail (protocol 2.1)
    if (!decoded) return decoded.error();
    const tl::Set_client_DH_params_answer& verdict = decoded->value;

    if (const auto* ok = verdict.as<tl::dh_gen_ok>()) {
        if (!nonces_match(*ok, *state_) || !hash_matches(ok->new_nonce_hash1, 1, *state_, *key_))
            return errc::handshake_failed;
        established made;
        made.key = std::move(key_);
        made.salt = crypto::first_salt(state_->new_nonce, state_->server_nonce);
        made.time_offset = state_->time_offset;
        if (state_->settings.temporary_lifetime) made.expires_at = state_->expires_at;
        return answer(std::move(made));
    }
    if (const auto* retry = verdict.as<tl::dh_gen_retry>()) {
        if (!nonces_match(*retry, *state_) || !hash_matches(retry->new_nonce_hash2, 2, *state_, *key_) ||
            tries_ >= max_tries)
            return errc::handshake_failed;
        auto again = propose(std::move(state_), group_, key_->aux_hash(), tries_ + 1);
        if (!again) return again.error();
        return answer(std::move(*again));
    }
    // dh_gen_fail, genuine or not: it ends here either way.
    return errc::handshake_failed;
}

}  // namespace mtproto::handshake
