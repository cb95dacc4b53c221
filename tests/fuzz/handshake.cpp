// The client's key exchange against a server whose answers an input writes: the pieces outside and inside the
// encryption, or changes to good ones.
#include "crypto/aes_ige.hpp"
#include "crypto/pq.hpp"
#include "crypto/seeded_random.hpp"
#include "crypto/sha.hpp"
#include "fuzz.hpp"
#include "handshake/client.hpp"
#include "wire/envelope.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <array>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;

namespace {

constexpr std::uint64_t pq = 0x17ED48941A08F981;

// Not 2048 bits of a product of primes: the server here never decrypts, so any odd number does.
const crypto::rsa_public_key& fixed_rsa() {
    static const crypto::rsa_public_key key = [] {
        crypto::rsa_block n;
        crypto::seeded_random(3).fill(n);
        n.front() |= std::byte{0x80};
        n.back() |= std::byte{1};
        const std::array e{std::byte{1}, std::byte{0}, std::byte{1}};
        return crypto::rsa_public_key::from_numbers(n, e).value();
    }();
    return key;
}

// A small exponent makes a half of the secret that passes all checks, and is cheap to go on with.
const std::array secret_exponent{std::byte{8}, std::byte{0}};

const crypto::dh_number& fixed_g_a() {
    static const crypto::dh_number value = [] {
        const std::array g{std::byte{crypto::telegram_dh_g}};
        const auto made = crypto::mod_exp(g, secret_exponent, crypto::telegram_dh_prime()).value();
        return crypto::to_dh_number(made).value();
    }();
    return value;
}

// Seeded, and remembers the client's new_nonce, which only its RSA block would tell: the one draw of 32 bytes
// that is not the temp key of RSA_PAD, so the first.
class spied_random final : public random_source {
  public:
    void fill(byte_span out) override {
        source_.fill(out);
        if (out.size() == new_nonce.size() && !known_) {
            std::copy(out.begin(), out.end(), new_nonce.begin());
            known_ = true;
        }
    }
    crypto::int256 new_nonce{};

  private:
    crypto::seeded_random source_{5};
    bool known_ = false;
};

class server {
  public:
    server(fuzz::input& from, spied_random& random) : from_(from), random_(random) {}

    bytes answer(const bytes& request) {
        switch (tl::reader(request).peek()) {
            case tl::req_pq_multi::tl_id:
                nonce_ = tl::decode<tl::req_pq_multi>(request).value().nonce;
                return changed(res_pq());
            case tl::req_DH_params::tl_id:
                return changed(dh_params());
            default:
                return changed(dh_answer(request));
        }
    }

  private:
    // As it is, with some bytes changed, or something else entirely.
    bytes changed(const bytes& good) {
        const std::uint8_t choice = from_.u8();
        if (choice == 0) return good;
        if (choice == 255) return fuzz::own_copy(from_.piece());
        std::vector<std::byte> text(good.begin(), good.end());
        for (int times = choice % 8; times > 0 && !text.empty(); --times) {
            const std::size_t at = from_.u16() % text.size();
            text[at] ^= std::byte{from_.u8()};
        }
        if (choice & 8) text.resize(text.size() + from_.u8());
        if (choice & 16) text.resize(text.size() - from_.u16() % (text.size() + 1));
        return fuzz::own_copy(text);
    }

    bytes res_pq() {
        crypto::seeded_random(9).fill(server_nonce_);
        tl::resPQ made{};
        made.nonce = nonce_;
        made.server_nonce = server_nonce_;
        made.pq = crypto::to_big_endian(from_.u8() % 2 ? from_.u64() : pq);
        made.server_public_key_fingerprints = {1, fixed_rsa().fingerprint()};
        return tl::encode(made);
    }

    bytes dh_params() {
        tl::server_DH_inner_data inner{};
        inner.nonce = nonce_;
        inner.server_nonce = server_nonce_;
        inner.g = crypto::telegram_dh_g;
        inner.dh_prime = bytes::copy(crypto::telegram_dh_prime());
        inner.g_a = bytes::copy(fixed_g_a());
        inner.server_time = 1'700'000'000;
        const std::uint8_t choice = from_.u8();
        if (choice & 1) inner.g = static_cast<std::int32_t>(from_.u32());
        if (choice & 2) inner.dh_prime = fuzz::own_copy(from_.piece());
        if (choice & 4) inner.g_a = fuzz::own_copy(from_.piece());
        if (choice & 8) inner.server_time = static_cast<std::int32_t>(from_.u32());
        bytes encoded = tl::encode(inner);
        if (choice & 16) encoded = changed(encoded);
        const crypto::sha1_digest hash = crypto::sha1(encoded);
        std::vector<std::byte> text(hash.begin(), hash.end());
        text.insert(text.end(), encoded.begin(), encoded.end());
        const std::size_t extra = choice & 32 ? from_.u8() : 0;
        text.resize((text.size() + extra + 15) / 16 * 16);
        crypto::aes_ige_encrypt(text, text, crypto::handshake_cipher(random_.new_nonce, server_nonce_));
        tl::server_DH_params_ok made{};
        made.nonce = nonce_;
        made.server_nonce = server_nonce_;
        made.encrypted_answer = bytes::copy(text);
        return tl::encode(made);
    }

    bytes dh_answer(const bytes& request) {
        const auto query = tl::decode<tl::set_client_DH_params>(request).value();
        std::vector<std::byte> text(query.encrypted_data.begin(), query.encrypted_data.end());
        crypto::aes_ige_decrypt(text, text, crypto::handshake_cipher(random_.new_nonce, server_nonce_));
        const bytes after = bytes::copy(byte_view(text).subspan(std::tuple_size_v<crypto::sha1_digest>));
        const auto inner = tl::decode_prefix<tl::client_DH_inner_data>(after).value().value;
        const auto secret = crypto::mod_exp(inner.g_b, secret_exponent, crypto::telegram_dh_prime()).value();
        const crypto::auth_key key(secret.span());
        const auto hash = [&](unsigned n) { return crypto::new_nonce_hash(random_.new_nonce, n, key); };
        switch (from_.u8() % 4) {
            case 1:
                return tl::encode(tl::dh_gen_retry{nonce_, server_nonce_, hash(2)});
            case 2:
                return tl::encode(tl::dh_gen_fail{nonce_, server_nonce_, hash(3)});
            default:
                return tl::encode(tl::dh_gen_ok{nonce_, server_nonce_, hash(1)});
        }
    }

    fuzz::input& from_;
    spied_random& random_;
    crypto::int128 nonce_{};
    crypto::int128 server_nonce_{};
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input from(data, size);
    spied_random random;
    handshake::known_primes primes;
    handshake::options settings;
    settings.dc = 2;
    settings.keys = {fixed_rsa()};
    settings.primes = &primes;
    const std::uint8_t choice = from.u8();
    if (choice & 1) settings.temporary_lifetime = static_cast<std::int32_t>(from.u32());
    handshake::client exchange(std::move(settings), random);
    server peer(from, random);

    const unix_time now = 1'700'000'000s;
    wire::packet request = exchange.start(now);
    // pq, parameters, and each retry: a server cannot go on for ever.
    constexpr int most_rounds = 2 + handshake::agree_dh::max_tries;
    for (int round = 0;; ++round) {
        fuzz::require(round <= most_rounds, "an exchange ends");
        const bytes body = wire::read_plain(request).value().body;
        const bytes answer = peer.answer(body);
        wire::packet reply = wire::write_plain(1, answer);
        if (choice & 2) reply = wire::packet::copy(from.piece());
        auto next = exchange.receive(reply, now);
        if (!next) {
            const auto again = exchange.receive(wire::write_plain(1, answer), now);
            fuzz::require(!exchange.done() && !again, "a failed exchange stays failed");
            return 0;
        }
        fuzz::require(exchange.done() != next->has_value(), "an exchange goes on or is done");
        if (!*next) break;
        request = std::move(**next);
    }
    const handshake::established made = exchange.take();
    fuzz::require(made.key != nullptr, "an exchange makes a key");
    return 0;
}
