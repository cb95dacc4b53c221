// Seals and opens sessions: scrypt, then AES-256-GCM with everything in front as its header.
#include "client/sealed_session.hpp"

#include "crypto/aes_gcm.hpp"
#include "crypto/scrypt.hpp"

#include <algorithm>

namespace mtproto::core {
namespace {

constexpr std::byte by_scrypt{1};
constexpr std::uint32_t scrypt_r = 8, scrypt_p = 1;

constexpr std::size_t salt_at = 2;
constexpr std::size_t nonce_at = salt_at + seal_terms::salt_size;
constexpr std::size_t contents_at = nonce_at + crypto::gcm_nonce_size;

/// Head and payload up to what is encrypted.
secret_buffer header_of(byte_view payload) {
    const secret_buffer head = session_head(session_version::sealed, payload.size());
    secret_buffer made(session_head_size + contents_at);
    std::copy(head.view().begin(), head.view().end(), made.span().begin());
    std::copy_n(payload.begin(), contents_at, made.span().begin() + session_head_size);
    return made;
}

std::span<const std::byte, crypto::gcm_nonce_size> nonce_of(byte_view payload) {
    return payload.subspan<nonce_at, crypto::gcm_nonce_size>();
}

}  // namespace

outcome<seal_terms> terms_of(byte_view sealed_payload) {
    if (sealed_payload.size() < contents_at + crypto::gcm_tag_size)
        return failure(errc::session_file, "damaged: too short");
    seal_terms made;
    made.log2_n = std::to_integer<std::uint8_t>(sealed_payload[1]);
    if (sealed_payload[0] != by_scrypt || made.log2_n < seal_terms::least_log2_n ||
        made.log2_n > seal_terms::most_log2_n)
        return failure(errc::session_file, "encrypted in a way that is not known or not safe");
    std::copy_n(sealed_payload.begin() + salt_at, seal_terms::salt_size, made.salt.begin());
    return made;
}

outcome<session_seal> session_seal::derive(byte_view passphrase, const seal_terms& terms) {
    session_seal made(terms);
    const crypto::scrypt_cost cost{std::uint64_t{1} << terms.log2_n, scrypt_r, scrypt_p};
    if (!crypto::scrypt(passphrase, terms.salt, cost, made.key_.span()))
        return failure(errc::session_file, "there is not enough memory to turn its passphrase into a key");
    return made;
}

secret_buffer session_seal::seal(const stored_session& session, random_source& random) const {
    const secret_buffer plain = secret_session_payload(session);
    secret_buffer payload(contents_at + plain.view().size() + crypto::gcm_tag_size);
    const byte_span out = payload.span();
    out[0] = by_scrypt;
    out[1] = static_cast<std::byte>(terms_.log2_n);
    std::copy(terms_.salt.begin(), terms_.salt.end(), out.begin() + salt_at);
    // A random nonce meets itself after 2^32 savings; there is one at each change of a login.
    random.fill(out.subspan(nonce_at, crypto::gcm_nonce_size));
    std::copy(plain.view().begin(), plain.view().end(), out.begin() + contents_at);
    crypto::gcm_seal(key_.span(), nonce_of(out), header_of(out).view(),
                     out.subspan(contents_at, plain.view().size()), out.last<crypto::gcm_tag_size>());
    return frame_session(session_version::sealed, payload.view());
}

outcome<std::optional<stored_session>> session_seal::open(byte_view payload) const {
    const byte_view encrypted =
        payload.subspan(contents_at, payload.size() - contents_at - crypto::gcm_tag_size);
    secret_buffer plain(encrypted);
    if (!crypto::gcm_open(key_.span(), nonce_of(payload), header_of(payload).view(), plain.span(),
                          payload.last<crypto::gcm_tag_size>()))
        return std::optional<stored_session>();
    outcome<stored_session> read = session_of_payload(plain.view());
    if (!read) return read.error();
    return std::optional<stored_session>(std::move(*read));
}

}  // namespace mtproto::core
