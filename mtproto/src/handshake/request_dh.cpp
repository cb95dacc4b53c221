// Step 2: the server's half of the Diffie-Hellman exchange, verified (protocol 2.7 to 2.9).
#include "crypto/sha.hpp"
#include "handshake/nonces.hpp"
#include "handshake/steps.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <algorithm>

namespace mtproto::handshake {
namespace {

constexpr std::size_t hash_size = 20;
constexpr std::size_t max_padding = 15;

// SHA1(answer) | answer | 0 to 15 bytes of padding, under the exchange's temporary key. Whatever is wrong
// with it looks the same from outside.
result<tl::server_DH_inner_data> decrypt_answer(byte_view encrypted, const exchange& state) {
    if (encrypted.size() <= hash_size || encrypted.size() % crypto::aes_block_size != 0)
        return errc::handshake_failed;
    buffer plain = buffer::allocate(encrypted.size());
    crypto::aes_ige_decrypt(encrypted, plain.span(),
                            crypto::handshake_cipher(state.new_nonce, state.server_nonce));
    const bytes all(std::move(plain), 0, encrypted.size());
    const bytes answer = all.slice(hash_size);
    auto decoded = tl::decode_prefix<tl::server_DH_inner_data>(answer);
    if (!decoded || answer.size() - decoded->size > max_padding) return errc::handshake_failed;
    const crypto::sha1_digest hash = crypto::sha1(answer.view().first(decoded->size));
    if (!crypto::constant_time_equal(hash, all.view().first(hash_size))) return errc::handshake_failed;
    if (!nonces_match(decoded->value, state)) return errc::handshake_failed;
    return std::move(decoded->value);
}

// p, g and g_a as protocol 2.9 wants them.
result<dh_group> verify_group(const tl::server_DH_inner_data& inner, const options& settings) {
    const known_primes telegrams_only;
    const known_primes& known = settings.primes ? *settings.primes : telegrams_only;
    dh_group group;
    group.g = inner.g;
    const auto p = crypto::to_dh_number(inner.dh_prime);
    const auto g_a = crypto::to_dh_number(inner.g_a);
    if (!p || !g_a) return errc::handshake_failed;
    group.p = *p;
    group.g_a = *g_a;
    if (!crypto::check_dh_group(inner.g, inner.dh_prime, known.all())) return errc::handshake_failed;
    if (settings.primes) settings.primes->add(group.p);
    if (!crypto::check_dh_value(group.g_a, group.p)) return errc::handshake_failed;
    return group;
}

}  // namespace

result<next<agree_dh>> request_dh::on_answer(const bytes& body, unix_time unix_now) && {
    const auto decoded = tl::decode_prefix<tl::server_DH_params_ok>(body);  // bytes may trail (protocol 2.1)
    if (!decoded) return decoded.error();
    exchange& state = *state_;
    if (!nonces_match(decoded->value, state)) return errc::handshake_failed;
    const auto inner = decrypt_answer(decoded->value.encrypted_answer, state);
    if (!inner) return inner.error();
    const auto group = verify_group(*inner, state.settings);
    if (!group) return group.error();

    state.time_offset = std::chrono::seconds(inner->server_time) - unix_now;
    if (state.settings.temporary_lifetime)
        state.expires_at = std::int64_t{inner->server_time} + *state.settings.temporary_lifetime;
    return agree_dh::propose(std::move(state_), *group, 0, 1);
}

}  // namespace mtproto::handshake
