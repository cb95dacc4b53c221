// Step 1: nonces, the proof of work, and the secret under the server's RSA key (protocol 2.1 to 2.6).
#include "crypto/pq.hpp"
#include "handshake/steps.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <array>

namespace mtproto::handshake {
namespace {

// Encrypts the inner data under RSA_PAD. It holds new_nonce, so it is written to the stack and wiped.
template <class Inner>
result<crypto::rsa_block> encrypt_inner(Inner inner, const exchange& state,
                                        const crypto::rsa_public_key& key) {
    inner.nonce = state.nonce;
    inner.server_nonce = state.server_nonce;
    inner.new_nonce = state.new_nonce;
    inner.dc = state.settings.dc;
    std::array<std::byte, crypto::rsa_pad_max_data> plain{};
    tl::writer out(plain);
    out.u32(Inner::tl_id);
    inner.tl_write(out);
    result<crypto::rsa_block> made = errc::bad_argument;
    if (out.size() <= plain.size()) made = key.encrypt(byte_view(plain).first(out.size()), *state.random);
    crypto::wipe(plain);
    crypto::wipe(inner.new_nonce);
    return made;
}

}  // namespace

next<ask_pq> start(options settings, random_source& random) {
    auto state = std::make_unique<exchange>(std::move(settings), random);
    random.fill(state->nonce);
    const tl::req_pq_multi request{state->nonce};
    bytes encoded = tl::encode(request);
    return {ask_pq(std::move(state)), std::move(encoded)};
}

result<next<request_dh>> ask_pq::on_answer(const bytes& body) && {
    const auto decoded = tl::decode_prefix<tl::resPQ>(body);  // bytes may trail (protocol 2.1)
    if (!decoded) return decoded.error();
    const tl::resPQ& offer = decoded->value;
    exchange& state = *state_;
    if (!crypto::constant_time_equal(offer.nonce, state.nonce)) return errc::handshake_failed;
    state.server_nonce = offer.server_nonce;

    const crypto::rsa_public_key* key =
        crypto::find_rsa_key(state.settings.keys, offer.server_public_key_fingerprints);
    if (!key) return errc::unknown_rsa_key;

    const result<std::uint64_t> pq = crypto::from_big_endian(offer.pq);
    if (!pq) return errc::handshake_failed;
    const result<crypto::pq_factors> factors = crypto::factorise(*pq, state.random->next_u64());
    if (!factors || factors->p >= factors->q) return errc::handshake_failed;
    const bytes p = crypto::to_big_endian(factors->p);
    const bytes q = crypto::to_big_endian(factors->q);

    state.random->fill(state.new_nonce);
    result<crypto::rsa_block> encrypted = errc::bad_argument;
    if (state.settings.temporary_lifetime) {
        tl::p_q_inner_data_temp_dc inner{};
        inner.pq = offer.pq;
        inner.p = p;
        inner.q = q;
        inner.expires_in = *state.settings.temporary_lifetime;
        encrypted = encrypt_inner(std::move(inner), state, *key);
    } else {
        tl::p_q_inner_data_dc inner{};
        inner.pq = offer.pq;
        inner.p = p;
        inner.q = q;
        encrypted = encrypt_inner(std::move(inner), state, *key);
    }
    if (!encrypted) return encrypted.error();

    tl::req_DH_params request{};
    request.nonce = state.nonce;
    request.server_nonce = state.server_nonce;
    request.p = p;
    request.q = q;
    request.public_key_fingerprint = key->fingerprint();
    request.encrypted_data = bytes::copy(*encrypted);
    bytes encoded = tl::encode(request);
    return next<request_dh>{request_dh(std::move(state_)), std::move(encoded)};
}

}  // namespace mtproto::handshake
