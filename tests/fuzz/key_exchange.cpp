// The local data centre's key exchange with a client whose messages an input writes: the pieces outside and
// inside the encryption, or changes to good ones.
#include "localdc/key_exchange.hpp"

#include "crypto/aes_ige.hpp"
#include "crypto/pq.hpp"
#include "crypto/seeded_random.hpp"
#include "crypto/sha.hpp"
#include "fuzz.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <array>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;

namespace {

constexpr std::size_t block = crypto::aes_block_size;
constexpr std::uint64_t random_seed = 11;

const crypto::rsa_private_key& server_rsa() {
    static const crypto::rsa_private_key key = crypto::rsa_private_key::generate().value();
    return key;
}

// What an input says in place of something good.
bytes changed(fuzz::input& from, bytes good) {
    const std::uint8_t choice = from.u8();
    if (choice == 0) return good;
    if (choice == 255) return fuzz::own_copy(from.piece());
    std::vector<std::byte> text(good.begin(), good.end());
    for (int times = choice % 8; times > 0 && !text.empty(); --times) {
        const std::size_t at = from.u16() % text.size();
        text[at] ^= std::byte{from.u8()};
    }
    if (choice & 8) text.resize(text.size() + from.u8());
    if (choice & 16) text.resize(text.size() - from.u16() % (text.size() + 1));
    return fuzz::own_copy(text);
}

class client {
  public:
    explicit client(fuzz::input& from) : from_(from) {}

    bytes req_pq() { return changed(from_, tl::encode(tl::req_pq_multi{nonce_})); }

    void take(const bytes& answer) {
        if (const auto offer = tl::decode<tl::resPQ>(answer)) {
            server_nonce_ = offer->server_nonce;
            pq_ = offer->pq;
        }
    }

    bytes req_dh() {
        const auto product = crypto::from_big_endian(pq_);
        const result<crypto::pq_factors> factors =
            product ? crypto::factorise(*product) : result<crypto::pq_factors>(errc::malformed);
        const bytes p = crypto::to_big_endian(factors ? factors->p : 0);
        const bytes q = crypto::to_big_endian(factors ? factors->q : 0);
        bytes inner;
        const auto encode = [&](auto data) {
            data.pq = pq_;
            data.p = p;
            data.q = q;
            data.nonce = nonce_;
            data.server_nonce = server_nonce_;
            data.new_nonce = new_nonce_;
            data.dc = static_cast<std::int32_t>(from_.u8() % 2 ? from_.u32() : 2);
            if constexpr (requires { data.expires_in; })
                data.expires_in = static_cast<std::int32_t>(from_.u32());
            inner = tl::encode(data);
        };
        if (from_.u8() % 2) {
            encode(tl::p_q_inner_data_temp_dc{});
        } else {
            encode(tl::p_q_inner_data_dc{});
        }
        inner = changed(from_, inner);
        inner = inner.slice(0, std::min(inner.size(), crypto::rsa_pad_max_data));
        crypto::seeded_random random(1);
        tl::req_DH_params made{};
        made.nonce = nonce_;
        made.server_nonce = server_nonce_;
        made.p = p;
        made.q = q;
        made.public_key_fingerprint = server_rsa().public_key().fingerprint();
        made.encrypted_data = bytes::copy(encrypt(inner, random));
        return changed(from_, tl::encode(made));
    }

    bytes client_dh() {
        tl::client_DH_inner_data inner{};
        inner.nonce = nonce_;
        inner.server_nonce = server_nonce_;
        inner.retry_id = static_cast<std::int64_t>(from_.u8() % 2 ? from_.u64() : 0);
        inner.g_b = from_.u8() % 2 ? fuzz::own_copy(from_.piece()) : bytes::copy(g_b());
        const bytes encoded = changed(from_, tl::encode(inner));
        const crypto::sha1_digest hash = crypto::sha1(encoded);
        std::vector<std::byte> text(hash.begin(), hash.end());
        text.insert(text.end(), encoded.begin(), encoded.end());
        text.resize((text.size() + from_.u8() % 32 + block - 1) / block * block);
        crypto::aes_ige_encrypt(text, text, crypto::handshake_cipher(new_nonce_, server_nonce_));
        tl::set_client_DH_params made{};
        made.nonce = nonce_;
        made.server_nonce = server_nonce_;
        made.encrypted_data = bytes::copy(text);
        return changed(from_, tl::encode(made));
    }

  private:
    // RSA_PAD, or the padding that came before it.
    crypto::rsa_block encrypt(const bytes& inner, random_source& random) {
        const crypto::rsa_public_key& rsa = server_rsa().public_key();
        if (from_.u8() % 2 == 0) return rsa.encrypt(inner, random).value();
        crypto::rsa_block text{};
        const crypto::sha1_digest hash = crypto::sha1(inner);
        const auto end = std::copy(hash.begin(), hash.end(), text.begin() + 1);
        std::copy(inner.begin(), inner.end(), end);
        return rsa.raw(text).value();
    }

    static const crypto::dh_number& g_b() {
        static const crypto::dh_number value = [] {
            crypto::seeded_random random(2);
            return crypto::generate_dh(crypto::telegram_dh_g, crypto::telegram_dh_prime(), random)
                .value()
                .value;
        }();
        return value;
    }

    fuzz::input& from_;
    crypto::int128 nonce_{std::byte{1}};
    crypto::int128 server_nonce_{};
    crypto::int256 new_nonce_{std::byte{2}};
    bytes pq_;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz::input from(data, size);
    crypto::seeded_random random(random_seed);
    const std::uint8_t choice = from.u8();
    localdc::exchange_rules rules;
    rules.rsa = &server_rsa();
    rules.dc = 2;
    rules.random = &random;
    rules.key_exists = [&](std::int64_t) { return (choice & 1) != 0; };
    localdc::key_exchange exchange(rules);
    client peer(from);
    traffic::fault fault;
    fault.kind =
        static_cast<traffic::fault_kind>(choice >> 1 & 15);  // all kinds, those of other places among them
    const traffic::fault* wrong = choice & 32 ? &fault : nullptr;

    constexpr int most_steps = 12;
    for (int steps = 0; steps < most_steps && !from.empty(); ++steps) {
        bytes request;
        switch (from.u8() % 4) {
            case 0:
                request = peer.req_pq();
                break;
            case 1:
                request = peer.req_dh();
                break;
            case 2:
                request = peer.client_dh();
                break;
            default:
                request = fuzz::own_copy(from.piece());
                break;
        }
        std::ignore = localdc::key_exchange::name_of(request);
        const auto done = exchange.handle(request, 1'700'000'000s, wrong);
        fuzz::require(!done.agreed || !done.answer.empty(), "a key is agreed on with an answer");
        peer.take(done.answer);
    }
    return 0;
}
