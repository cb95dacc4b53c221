// The server's side of the key exchange against a client that does any one thing wrong.
#include "localdc/key_exchange.hpp"

#include "crypto/aes_ige.hpp"
#include "crypto/pq.hpp"
#include "crypto/seeded_random.hpp"
#include "crypto/sha.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <doctest/doctest.h>

#include <array>
#include <functional>
#include <string>
#include <vector>

using namespace mtproto;
using namespace mtproto::localdc;
using namespace std::chrono_literals;

namespace {

constexpr unix_time now = 1'750'000'000s;

const crypto::rsa_private_key& rsa() {
    static const crypto::rsa_private_key key = crypto::rsa_private_key::generate().value();
    return key;
}

/// Keeps the rules, but for what the hooks change before it is encoded or encrypted.
struct client {
    std::function<void(tl::p_q_inner_data_dc&)> on_inner = [](auto&) {};
    std::function<void(std::vector<std::byte>&)> on_rsa_block = [](auto&) {};
    std::function<void(tl::req_DH_params&)> on_request = [](auto&) {};
    std::function<void(tl::client_DH_inner_data&)> on_dh = [](auto&) {};
    /// Plaintext (hash, inner data, padding) before encryption.
    std::function<void(std::vector<std::byte>&)> on_plain = [](auto&) {};
    std::function<void(tl::set_client_DH_params&)> on_set = [](auto&) {};
    /// Random bytes behind each query.
    std::array<std::size_t, 3> behind{};

    /// How many steps were answered, of three.
    int run() {
        crypto::seeded_random random(3);
        exchange_rules rules;
        rules.rsa = &rsa();
        rules.dc = 2;
        rules.random = &random;
        key_exchange server(rules);
        random.fill(nonce);
        random.fill(new_nonce);
        const bytes first = followed_by(behind[0], tl::encode(tl::req_pq_multi{nonce}), random);
        const auto offered = server.handle(first, now, nullptr);
        const auto offer = tl::decode<tl::resPQ>(offered.answer);
        REQUIRE(offer.has_value());
        server_nonce = offer->server_nonce;
        const bytes second = followed_by(behind[1], req_dh(*offer, random), random);
        const auto told = server.handle(second, now, nullptr);
        if (told.answer.empty()) return stays_broken(server, 1);
        const bytes third = followed_by(behind[2], set_dh(told.answer, random), random);
        const auto last = server.handle(third, now, nullptr);
        if (last.answer.empty()) return stays_broken(server, 2);
        REQUIRE(last.agreed);
        return 3;
    }

    crypto::int128 nonce{}, server_nonce{};
    crypto::int256 new_nonce{};

  private:
    static bytes followed_by(std::size_t count, const bytes& query, random_source& random) {
        std::vector<std::byte> all(query.begin(), query.end());
        all.resize(query.size() + count);
        random.fill(byte_span(all).subspan(query.size()));
        return bytes::copy(all);
    }

    /// Protocol 2.6: whatever comes next is answered with -404, too.
    int stays_broken(key_exchange& server, int steps) {
        CHECK(server.handle(tl::encode(tl::req_pq_multi{nonce}), now, nullptr).answer.empty());
        return steps;
    }

    bytes req_dh(const tl::resPQ& offer, random_source& random) {
        const auto factors = crypto::factorise(crypto::from_big_endian(offer.pq).value());
        tl::p_q_inner_data_dc inner;
        inner.pq = offer.pq;
        inner.p = crypto::to_big_endian(factors->p);
        inner.q = crypto::to_big_endian(factors->q);
        inner.nonce = nonce;
        inner.server_nonce = server_nonce;
        inner.new_nonce = new_nonce;
        inner.dc = 2;
        on_inner(inner);
        tl::req_DH_params request;
        request.nonce = nonce;
        request.server_nonce = server_nonce;
        request.p = crypto::to_big_endian(factors->p);
        request.q = crypto::to_big_endian(factors->q);
        request.public_key_fingerprint = rsa().public_key().fingerprint();
        const auto block = rsa().public_key().encrypt(tl::encode(inner), random).value();
        std::vector<std::byte> encrypted(block.begin(), block.end());
        on_rsa_block(encrypted);
        request.encrypted_data = bytes::copy(encrypted);
        on_request(request);
        return tl::encode(request);
    }

    bytes set_dh(const bytes& told, random_source& random) {
        const auto answer = tl::decode<tl::server_DH_params_ok>(told);
        REQUIRE(answer.has_value());
        const crypto::ige_key key = crypto::handshake_cipher(new_nonce, server_nonce);
        const auto mine = crypto::generate_dh(crypto::telegram_dh_g, crypto::telegram_dh_prime(), random);
        tl::client_DH_inner_data inner;
        inner.nonce = nonce;
        inner.server_nonce = server_nonce;
        inner.retry_id = 0;
        inner.g_b = bytes::copy(mine->value);
        on_dh(inner);
        const bytes encoded = tl::encode(inner);
        const crypto::sha1_digest hash = crypto::sha1(encoded);
        std::vector<std::byte> plain(hash.begin(), hash.end());
        plain.insert(plain.end(), encoded.begin(), encoded.end());
        plain.resize((plain.size() + 15) / 16 * 16);
        on_plain(plain);
        if (plain.size() % 16 == 0) crypto::aes_ige_encrypt(plain, plain, key);
        tl::set_client_DH_params request;
        request.nonce = nonce;
        request.server_nonce = server_nonce;
        request.encrypted_data = bytes::copy(plain);
        on_set(request);
        return tl::encode(request);
    }
};

void flip(crypto::int128& value) {
    value[15] ^= std::byte{1};
}

bytes number(std::uint64_t value) {
    return crypto::to_big_endian(value);
}

}  // namespace

TEST_CASE("auth_key 2.1 to 2.12 a client that keeps the rules gets a key") {
    CHECK(client().run() == 3);
}

TEST_CASE("auth_key 2.4 a data centre takes its own number with any marks, and no other") {
    for (const std::int32_t dc : {2, -2, 10002, -10002}) {
        client good;
        good.on_inner = [&](auto& inner) { inner.dc = dc; };
        CHECK(good.run() == 3);
    }
    for (const std::int32_t dc : {0, 1, 3, -3, 20001}) {
        client bad;
        bad.on_inner = [&](auto& inner) { inner.dc = dc; };
        CHECK(bad.run() == 1);
    }
}

TEST_CASE("auth_key 2.1 any number of bytes may stand behind the query of each step") {
    for (std::size_t step = 0; step < 3; ++step)
        for (const std::size_t count : {1, 4, 7, 16, 100, 199, 255, 1000}) {
            CAPTURE(step);
            CAPTURE(count);
            client made;
            made.behind[step] = count;
            CHECK(made.run() == 3);
        }
}

TEST_CASE("auth_key 2.8 req_DH_params with wrong nonces, factors or key is refused") {
    const std::function<void(tl::req_DH_params&)> wrong[] = {
        [](auto& request) { flip(request.nonce); },
        [](auto& request) { flip(request.server_nonce); },
        [](auto& request) { request.p = number(3); },
        [](auto& request) { request.q = number(3); },
        [](auto& request) { std::swap(request.p, request.q); },
        [](auto& request) { request.public_key_fingerprint ^= 1; },
        [](auto& request) { request.encrypted_data = request.encrypted_data.slice(1); },
        [](auto& request) { request.encrypted_data = bytes(); },
    };
    for (std::size_t i = 0; i < std::size(wrong); ++i) {
        CAPTURE(i);
        client bad;
        bad.on_request = wrong[i];
        CHECK(bad.run() == 1);
    }
}

TEST_CASE("auth_key 2.8 what stands inside the RSA block must be that of this exchange") {
    const std::function<void(tl::p_q_inner_data_dc&)> wrong[] = {
        [](auto& inner) { flip(inner.nonce); },     [](auto& inner) { flip(inner.server_nonce); },
        [](auto& inner) { inner.pq = number(15); }, [](auto& inner) { inner.p = number(3); },
        [](auto& inner) { inner.q = number(5); },
    };
    for (std::size_t i = 0; i < std::size(wrong); ++i) {
        CAPTURE(i);
        client bad;
        bad.on_inner = wrong[i];
        CHECK(bad.run() == 1);
    }
    client bad;
    bad.on_rsa_block = [](auto& block) { block[100] ^= std::byte{1}; };
    CHECK(bad.run() == 1);
}

TEST_CASE("auth_key 2.8 set_client_DH_params with wrong nonces, hash, padding or size is refused") {
    const std::function<void(tl::set_client_DH_params&)> outside[] = {
        [](auto& request) { flip(request.nonce); },
        [](auto& request) { flip(request.server_nonce); },
        [](auto& request) { request.encrypted_data = request.encrypted_data.slice(0, 100); },
        [](auto& request) { request.encrypted_data = request.encrypted_data.slice(0, 16); },
        [](auto& request) { request.encrypted_data = bytes(); },
    };
    for (std::size_t i = 0; i < std::size(outside); ++i) {
        CAPTURE(i);
        client bad;
        bad.on_set = outside[i];
        CHECK(bad.run() == 2);
    }
    const std::function<void(tl::client_DH_inner_data&)> inside[] = {
        [](auto& inner) { flip(inner.nonce); },
        [](auto& inner) { flip(inner.server_nonce); },
        [](auto& inner) { inner.retry_id = 1; },
    };
    for (std::size_t i = 0; i < std::size(inside); ++i) {
        CAPTURE(i);
        client bad;
        bad.on_dh = inside[i];
        CHECK(bad.run() == 2);
    }
    client hash;
    hash.on_plain = [](auto& plain) { plain[0] ^= std::byte{1}; };
    CHECK(hash.run() == 2);
    client padding;
    padding.on_plain = [](auto& plain) { plain.resize(plain.size() + 16); };
    CHECK(padding.run() == 2);
}

TEST_CASE("auth_key 2.9 a server refuses a g_b out of range") {
    crypto::dh_number p_minus_one = crypto::telegram_dh_prime();
    p_minus_one[255] &= std::byte{0xfe};
    const std::vector<bytes> wrong{{},
                                   number(0),
                                   number(1),
                                   number(3),
                                   bytes::copy(p_minus_one),
                                   bytes::copy(crypto::telegram_dh_prime()),
                                   bytes::copy(std::vector<std::byte>(256, std::byte{0xff})),
                                   bytes::copy(std::vector<std::byte>(300, std::byte{1}))};
    for (std::size_t i = 0; i < wrong.size(); ++i) {
        CAPTURE(i);
        client bad;
        bad.on_dh = [&](auto& inner) { inner.g_b = wrong[i]; };
        CHECK(bad.run() == 2);
    }
}
