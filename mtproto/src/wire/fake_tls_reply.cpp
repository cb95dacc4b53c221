// The server's reply to a hello of fake TLS: checked by the client, made by the server (protocol 1.10).
#include "crypto/sha.hpp"
#include "wire/fake_tls.hpp"
#include "wire/fake_tls_layout.hpp"

#include <algorithm>

namespace mtproto::wire {
namespace {

/// Some proxies pass several records of a real handshake on (seen by gotd/td); none needs more.
constexpr std::size_t most_handshake_records = 8;
constexpr unsigned server_hello_message = 2;
constexpr std::size_t least_server_hello = 38;  // up to its random
constexpr std::array<std::byte, tls_random_size> no_random{};

crypto::sha256_digest proof_of(byte_view reply, const tls_random& client, const proxy_key& key) {
    return crypto::hmac_sha256(
        key, {client, reply.first(tls_random_at), no_random, reply.subspan(tls_session_id_at)});
}

/// How many random bytes stand for the certificate: what real ones come to.
std::size_t certificate_size(random_source& random) {
    return 1024 + random.next_u32() % 3072;
}

}  // namespace

result<std::size_t> fake_tls_reply_size(byte_view have) noexcept {
    std::size_t at = 0;
    std::size_t handshakes = 0;
    bool changed = false;
    for (;;) {
        if (have.size() < at + tls_head_size) return at + tls_head_size;
        const std::byte* const head = have.data() + at;
        const std::size_t length = tls_record_length(head);
        at += tls_head_size + length;
        if (is_tls_record(head, tls_application) && changed) {
            if (length > tls_most_in_record) return errc::too_large;
            return at;
        }
        if (is_tls_record(head, tls_handshake) && !changed) {
            if (length > tls_most_in_record || ++handshakes > most_handshake_records) return errc::too_large;
            if (handshakes == 1 && length < least_server_hello) return errc::malformed;
        } else if (is_tls_record(head, tls_change_cipher) && handshakes > 0 && !changed && length == 1) {
            changed = true;
        } else {
            return errc::malformed;
        }
    }
}

result<void> check_fake_tls_reply(byte_view reply, const tls_random& client, const proxy_key& key) {
    if (reply.size() < tls_session_id_at) return errc::proxy_failed;
    const crypto::sha256_digest proof = proof_of(reply, client, key);
    if (!crypto::constant_time_equal(proof, reply.subspan(tls_random_at, tls_random_size)))
        return errc::proxy_failed;
    return {};
}

std::vector<std::byte> make_fake_tls_reply(const seen_hello& to, const proxy_key& key,
                                           random_source& random) {
    tls_writer made;
    made.record(tls_handshake, tls_1_2, [&] {
        made.handshake(server_hello_message, [&] {
            made.hello_head(to.session_id);
            made.u16(0x1301);
            made.u8(0);
            made.counted([&] {
                made.extension(0x0033, [&] { write_x25519_share(made, random); });
                made.extension(0x002b, [&] { made.u16(0x0304); });
            });
        });
    });
    made.raw(tls_change_cipher_record);
    made.record(tls_application, tls_1_2, [&] {
        std::vector<std::byte> certificate(certificate_size(random));
        random.fill(certificate);
        made.raw(certificate);
    });
    std::vector<std::byte> reply = made.take();
    const crypto::sha256_digest proof = proof_of(reply, to.random, key);
    std::copy(proof.begin(), proof.end(), reply.begin() + tls_random_at);
    return reply;
}

}  // namespace mtproto::wire
