// The sample exchange of core.telegram.org/mtproto/samples-auth_key: its numbers, step by step.
#include "crypto/aes_ige.hpp"
#include "crypto/dh.hpp"
#include "crypto/kdf.hpp"
#include "crypto/rsa.hpp"
#include "crypto/seeded_random.hpp"
#include "crypto/sha.hpp"
#include "handshake/steps.hpp"
#include "unit/crypto/hex.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <doctest/doctest.h>

#include <algorithm>

using namespace mtproto;
using namespace std::chrono_literals;
using test::hex;
using test::unhex;
using test::unhex_array;

namespace {

constexpr std::string_view sample_nonce = "3e0549828cca27e966b301a48fece2fc";
constexpr std::string_view sample_server_nonce = "a5cf4d33f4a11ea877ba4aa573907330";
constexpr std::string_view sample_new_nonce =
    "311c85db234aa2640afc4a76a735cf5b1f0fd68bd17fa181e1229ad867cc024d";
constexpr std::string_view encrypted_answer =
    "28a92fe20173b347a8bb324b5fab2667c9a8bbce6468d5b509a4cbddc186240ac912cf7006af8926de606a2e74c0493c"
    "aa57741e6c82451f54d3e068f5ccc49b4444124b9666ffb405aab564a3d01e67f6e912867c8d20d9882707dc330b17b4"
    "e0dd57cb53bfaafa9ef5be76ae6c1b9b6c51e2d6502a47c883095c46c81e3be25f62427b585488bb3bf239213bf48eb8"
    "fe34c9a026cc8413934043974db03556633038392cecb51f94824e140b98637730a4be79a8f9dafa39bae81e1095849e"
    "a4c83467c92a3a17d997817c8a7ac61c3ff414da37b7d66e949c0aec858f048224210fcc61f11c3a910b431ccbd104cc"
    "cc8dc6d29d4a5d133be639a4c32bbff153e63aca3ac52f2e4709b8ae01844b142c1ee89d075d64f69a399feb04e656fe"
    "3675a6f8f412078f3d0b58da15311c1a9f8e53b3cd6bb5572c294904b726d0be337e2e21977da26dd6e33270251c2ca2"
    "9dfcc70227f0755f84cfda9ac4b8dd5f84f1d1eb36ba45cddc70444d8c213e4bd8f63b8ab95a2d0b4180dc91283dc063"
    "acfb92d6a4e407cde7c8c69689f77a007441d4a6a8384b666502d9b77fc68b5b43cc607e60a146223e110fcb43bc3c94"
    "2ef981930cdc4a1d310c0b64d5e55d308d863251ab90502c3e46cc599e886a927cda963b9eb16ce62603b68529ee98f9"
    "f5206419e03fb458ec4bd9454aa8f6ba777573cc54b328895b1df25ead9fb4cd5198ee022b2b81f388d281d5e5bc5801"
    "07ca01a50665c32b552715f335fd76264fad00ddd5ae45b94832ac79ce7c511d194bc42b70efa850bb15c2012c5215ca"
    "bfe97ce66b8d8734d0ee759a638af013";
constexpr std::string_view g_a =
    "262aaba621cc4df587dc94cf8252258c0b9337dfb47545a49cdd5c9b8eae7236c6cadc40b24e88590f1cc2cc762ebf1c"
    "f11dcc0b393caad6cee4ee5848001c73acbb1d127e4cb93072aa3d1c8151b6fb6aa6124b7cd782eaf981bdcfce9d7a00"
    "e423bd9d194e8af78ef6501f415522e44522281c79d906ddb79c72e9c63d83fb2a940ff779dfb5f2fd786fb4ad71c9f0"
    "8cf48758e534e9815f634f1e3a80a5e1c2af210c5ab762755ad4b2126dfa61a77fa9da967d65dfd0afb5cdf26c4d4e1a"
    "88b180f4e0d0b45ba1484f95cb2712b50bf3f5968d9d55c99c0fb9fb67bff56d7d4481b634514fba3488c4cda2fc0659"
    "990e8e868b28632875a9aa703bcdce8f";
constexpr std::string_view b =
    "6f620afa575c9233eb4c014110a7bcaf49464f798a18a0981fea1e05e8da67d9681e0fd6df0edf0272ae3492451a8450"
    "2f2efc0da18741a5fb80bd82296919a70faa6d07cbbbca2037ea7d3e327b61d585ed3373ee0553a91cbd29b01fa9a89d"
    "479ca53d57bde3a76fbd922a923a0a38b922c1d0701f53ff52d7ea9217080163a64901e766eb6a0f20bc391b64b9d1dd"
    "2cd13a7d0c946a3a7df8cec9e2236446f646c42cfe2b60a2a8d776e56c8d7519b08b88ed0970e10d12a8c9e355d765f2"
    "b7bbb7b4ca9360083435523cb0d57d2b106fd14f94b4eee79d8ac131ca56ad389c84fe279716f8124a543337fb9ea3d9"
    "88ec5fa63d90a4ba3970e7a39e5c0de5";
constexpr std::string_view g_b =
    "73700e7bfc7aeec828eb8e0dcc04d09a0dd56a1b4b35f72f0b55fce7db7ebb72d7c33c5d4aa59e1c74d09b01ae536b31"
    "8cfed436afdb15fe9eb4c70d7f0cb14e46dbbde9053a64304361eb358a9bb32e9d5c2843fe87248b89c3f066a7d5876d"
    "61657acc52b0d81cd683b2a0fa93e8adab20377877f3bc3369bbf57b10f5b589e65a9c27490f30a0c70ffcfd3453f5b3"
    "79c1b9727a573cffdca8d23c721b135b92e529b1cdd2f7abd4f34dac4be1eeaf60993dde8ed45890e4f47c26f2c0b2e0"
    "37bb502739c8824f2a99e2b1e7e416583417cc79a8807a4bdac6a5e9805d4f6186c37d66f6988c9f9c752896f3d34d25"
    "529263faf2670a09b2a59ce35264511f";
constexpr std::string_view sample_auth_key =
    "ab96e207c631300986f30ef97df55e179e63c112675f0ce502ee76d74bbee6cbd1e95772818881e9f2ff54bd52c25878"
    "7474f6a7bea61eabe49d1d01d55f64fc07bc31685716ec8fb46feacf9502e42cfd6b9f45a08e90aa5c2b5933ac767cbe"
    "1cd50d8e64f89727ca4a1a5d32c0db80a9fcdbddd4f8d5a1e774198f1a4299f927c484feec395f29647e43c3243986f9"
    "3609e23538c21871df50e00070b3b6a8fa9bc15628e8b43ff977409a61ceec5a21cf7dfb5a4cc28f5257bc30cd8f2fb9"
    "2fbf21e28924065f50e0bbd5e11a420300e2c136b80e9826c6c5609b5371b7850aa628323b6422f3a94f6dfde4c3dc1e"
    "a60f7e11ee63122b3f39cbd1a8430157";
constexpr std::string_view new_nonce_hash1 = "ccebc0217266e1edec7fb0a0eed6c220";

/// resPQ, with the fingerprint of a key that is in use now: the sample's is out of use.
bytes sample_res_pq() {
    tl::resPQ offer;
    offer.nonce = unhex_array<16>(sample_nonce);
    offer.server_nonce = unhex_array<16>(sample_server_nonce);
    offer.pq = bytes::copy(unhex("17ed48941a08f981"));
    offer.server_public_key_fingerprints = {crypto::telegram_production_keys()[0].fingerprint()};
    return tl::encode(offer);
}

class sample_random final : public random_source {
  public:
    void fill(byte_span out) override {
        std::fill(out.begin(), out.end(), std::byte{0});
        const auto give = [&](std::string_view what) {
            const auto data = unhex(what);
            std::copy(data.begin(), data.end(), out.begin());
        };
        if (out.size() == 16) give(sample_nonce);
        if (out.size() == 32 && !std::exchange(new_nonce_given_, true)) give(sample_new_nonce);
    }

  private:
    bool new_nonce_given_ = false;
};

std::vector<std::byte> decrypted_answer() {
    const auto encrypted = unhex(encrypted_answer);
    std::vector<std::byte> plain(encrypted.size());
    crypto::aes_ige_decrypt(
        encrypted, plain,
        crypto::handshake_cipher(unhex_array<32>(sample_new_nonce), unhex_array<16>(sample_server_nonce)));
    return plain;
}

}  // namespace

TEST_CASE("protocol 2.1 to 2.4: the sample's first requests (core.telegram.org/mtproto/samples-auth_key)") {
    sample_random random;
    handshake::options how;
    how.keys.assign(crypto::telegram_production_keys().begin(), crypto::telegram_production_keys().end());
    auto first = handshake::start(std::move(how), random);
    CHECK(hex(first.request).ends_with(sample_nonce));
    auto second = std::move(first.step).on_answer(sample_res_pq());
    REQUIRE(second.has_value());
    const auto request = tl::decode<tl::req_DH_params>(second->request);
    REQUIRE(request.has_value());
    CHECK(hex(request->p) == "494c553b");
    CHECK(hex(request->q) == "53911073");
}

TEST_CASE("protocol 2.7, 2.8: the sample's encrypted answer decrypts, and its hash holds") {
    const auto plain = decrypted_answer();
    const bytes answer = bytes::copy(byte_view(plain).subspan(20));
    const auto inner = tl::decode_prefix<tl::server_DH_inner_data>(answer);
    REQUIRE(inner.has_value());
    CHECK(hex(crypto::sha1(answer.view().first(inner->size))) == hex(byte_view(plain).first(20)));
    CHECK(answer.size() - inner->size <= 15);
    CHECK(hex(inner->value.nonce) == sample_nonce);
    CHECK(hex(inner->value.server_nonce) == sample_server_nonce);
    CHECK(inner->value.g == 2);
    CHECK(hex(inner->value.g_a) == g_a);
    CHECK(hex(inner->value.dh_prime) == hex(crypto::telegram_dh_prime()));
}

TEST_CASE("protocol 2.9: the sample's g is 2, which does not fit its prime: a client must refuse it") {
    CHECK_FALSE(crypto::check_dh_group(2, crypto::telegram_dh_prime()));
    sample_random random;
    handshake::options how;
    how.keys.assign(crypto::telegram_production_keys().begin(), crypto::telegram_production_keys().end());
    auto first = handshake::start(std::move(how), random);
    auto second = std::move(first.step).on_answer(sample_res_pq());
    REQUIRE(second.has_value());
    tl::server_DH_params_ok answer;
    answer.nonce = unhex_array<16>(sample_nonce);
    answer.server_nonce = unhex_array<16>(sample_server_nonce);
    answer.encrypted_answer = bytes::copy(unhex(encrypted_answer));
    const bytes encoded = tl::encode(answer);
    CHECK(std::move(second->step).on_answer(encoded, 1373993675s).error() ==
          make_error_code(errc::handshake_failed));
}

TEST_CASE("protocol 2.10 to 2.12: the sample's g_b, key and new_nonce_hash1") {
    const crypto::secret<crypto::dh_size> exponent(unhex_array<crypto::dh_size>(b));
    const std::byte two[] = {std::byte{2}};
    const auto public_value = crypto::mod_exp(two, exponent, crypto::telegram_dh_prime());
    REQUIRE(public_value.has_value());
    CHECK(hex(*public_value) == g_b);
    const auto shared = crypto::dh_shared(unhex(g_a), exponent, crypto::telegram_dh_prime());
    REQUIRE(shared.has_value());
    CHECK(hex(*shared) == sample_auth_key);
    const crypto::auth_key key(shared->span());
    CHECK(hex(crypto::new_nonce_hash(unhex_array<32>(sample_new_nonce), 1, key)) == new_nonce_hash1);
}
