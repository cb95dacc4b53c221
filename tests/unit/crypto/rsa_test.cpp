// RSA_PAD and fingerprints against published values, and against the private key.
#include "crypto/rsa.hpp"

#include "crypto/seeded_random.hpp"
#include "unit/crypto/hex.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::crypto;
using test::hex;
using test::unhex;

namespace {

// Generating one takes a while: all tests share it.
const rsa_private_key& own_key() {
    static const rsa_private_key key = *rsa_private_key::generate();
    return key;
}

}  // namespace

TEST_CASE("auth_key 2.13 Telegram's keys have the fingerprints by which servers name them") {
    REQUIRE(telegram_production_keys().size() == 1);
    CHECK(static_cast<std::uint64_t>(telegram_production_keys()[0].fingerprint()) == 0xd09d1d85de64fd85);
    REQUIRE(telegram_test_keys().size() == 1);
    CHECK(static_cast<std::uint64_t>(telegram_test_keys()[0].fingerprint()) == 0xb25898df208d2603);
}

TEST_CASE("auth_key 2.1 the first fingerprint that is known is chosen") {
    const auto keys = telegram_production_keys();
    const std::int64_t known = keys[0].fingerprint();
    CHECK(find_rsa_key(keys, std::array<std::int64_t, 3>{1, known, 2}) == &keys[0]);
    CHECK(find_rsa_key(keys, std::array<std::int64_t, 2>{1, 2}) == nullptr);
    CHECK(find_rsa_key(keys, {}) == nullptr);
}

TEST_CASE("auth_key 2.5 RSA_PAD gives gotd's ciphertext when all randomness is zero") {
    // gotd/td crypto/rsa_pad_test.go: 144 letters a for the production key
    scripted_random zeros({});
    const auto encrypted = telegram_production_keys()[0].encrypt(as_bytes(std::string(144, 'a')), zeros);
    REQUIRE(encrypted);
    CHECK(hex(*encrypted) ==
          "bf68719e836806b040cd261ecaf66eb3c4ba19f3bbea3031b2e6cf29167bab647201d101b291dc5b716a42e789a38d94"
          "7fe59e9bcce8f30ef46a946743ea8b6babbce7fc0afc46b802aa453e83471d82a4dfad83f971f350b4b4fb474cd1c48f"
          "df427e4b5fecce9ec3178ae7dac3985856fdefa21d6fdc5e0e0fd8a57bc4f51580d637d372be8d87c9aa3fde8e6f8287"
          "bcb3be846aadcdd59465375479e248f62ed438f9804fbe36d41ca906243a5f740f3937949aa149ba8a8b8e68b3f3e1e3"
          "cd3f946387520e21eee55845e1f015a919a22f6a72bfaecd2cae946c91983b41f9ffabe97963bbde8f30eaf5fd3c5b8c"
          "ecab8711bd269e441b6084f385726ff0");
}

TEST_CASE("auth_key 2.5 RSA_PAD gives grammers' ciphertext") {
    // Lonami/grammers grammers-crypto/src/rsa.rs, test_rsa_encryption
    const auto key = rsa_public_key::from_numbers(
        unhex(
            "c8c11d635691fac091dd9489aedced2932aa8a0bcefef05fa800892d9b52ed03200865c9e97211cb2ee6c7ae96d3fb0e"
            "15aeffd66019b44a08a240cfdd2868a85e1f54d6fa5deaa041f6941ddf302690d61dc476385c2fa655142353cb4e4b59"
            "f6e5b6584db76fe8b1370263246c010c93d011014113ebdf987d093f9d37c2be48352d69a1683f8f6e6c2167983c761e"
            "3ab169fde5daaa12123fa1beab621e4da5935e9c198f82f35eae583a99386d8110ea6bd1abb0f568759f62694419ea5f"
            "69847c43462abef858b4cb5edc84e7b9226cd7bd7e183aa974a712c079dde85b9dc063b8a5c08e8f859c0ee5dcd824c7"
            "807f20153361a7f63cfd2a433a1be7f5"),
        unhex("010001"));
    REQUIRE(key);
    const auto data = unhex(
        "955ff5a9081a8e635f5743de9b00000004453dc27100000004622f1fcb000000f7a81627bbf511fa4afef71e94a09374"
        "74586c1add9198dda81a5df8393871c8293623c5fb968894af1be7dfe9c7be813f9307789242fd0cb0c16a5cb39a8d3e");
    const auto script = unhex(
        std::string(
            "12270000635593b03fee033d0672f9afddf9124de9e77df6251806cba93482e4c9e6e06e7d44e4c4baae821aff91af44"
            "789689faaee9bdfc7b2df8c08709afe57396c4638ceaa0dc30114f82447e81d3b53edc423b32660c43a5b8ad057b645"
            "0") +  // padding, then the temporary key, which grammers increments when the block is too large
        "7dada0920c4973913229e0f881aec7b9db0c392d34f52fb0995ea493ecb4c09d"
        "7dada0920c4973913229e0f881aec7b9db0c392d34f52fb0995ea493ecb4c09e"
        "7dada0920c4973913229e0f881aec7b9db0c392d34f52fb0995ea493ecb4c09f"
        "7dada0920c4973913229e0f881aec7b9db0c392d34f52fb0995ea493ecb4c0a0");
    scripted_random random(script);
    const auto encrypted = key->encrypt(data, random);
    REQUIRE(encrypted);
    CHECK(hex(*encrypted) ==
          "b610642a828b4a61fe32931815cae318d311660580f1e0df768f3140f4d37dfcfcac0c2870318de4ff2d2e0e9669bcfd"
          "c0bad06cadb1b59d9726b427368a9c7b4fc0d5e7b2e99fc571968705c03acf5341fd7021bef653fa77b3776ae430e366"
          "fc46d232459ebe128b08d80e049ae579a48b56ca93b520709468587c81af96666046e9ea85091d729e921e8d8a36f57b"
          "27644052dae7387c7f4131701d59cda75251dac66c94276280ef950d3c44c21e5a2454f7da7a6818cf23ae9c490b72b2"
          "170d7cbc24f8a93db739d76f2d241c78b80123faaff3e664f074d6375d794dbf2800a0b5bb48d54eceafedfb355bfbeb"
          "d287d9023264e3b53627888250787a9e");
}

TEST_CASE("auth_key 2.5 RSA_PAD draws another temporary key when the block is no number below n") {
    // The smallest modulus of 2048 bits makes about every second block too large.
    std::vector<std::byte> n(rsa_size, std::byte{0});
    n.front() = std::byte{0x80};
    n.back() = std::byte{1};
    const auto key = rsa_public_key::from_numbers(n, unhex("03"));
    REQUIRE(key);
    struct counting final : random_source {
        seeded_random inner{1};
        std::size_t drawn = 0;
        void fill(byte_span out) override {
            drawn += out.size();
            inner.fill(out);
        }
    } random;
    for (int i = 0; i < 16; ++i)
        CHECK(key->encrypt({}, random));
    CHECK(random.drawn > 16 * (rsa_pad_padded_size + 32));
    CHECK((random.drawn - 16 * rsa_pad_padded_size) % 32 == 0);  // the padding is drawn once
}

TEST_CASE("auth_key 2.5 RSA_PAD is undone and verified by the private key") {
    seeded_random random(2);
    for (const std::size_t size : {0, 1, 96, 144}) {
        std::vector<std::byte> data(size);
        random.fill(data);
        auto cipher = *own_key().public_key().encrypt(data, random);
        const auto opened = own_key().decrypt(cipher);
        REQUIRE(opened);
        CHECK(std::equal(data.begin(), data.end(), opened->data()));
        cipher[200] ^= std::byte{1};
        CHECK_FALSE(own_key().decrypt(cipher));
    }
    CHECK_FALSE(own_key().public_key().encrypt(std::vector<std::byte>(145), random));
    rsa_block too_large;
    too_large.fill(std::byte{255});
    CHECK_FALSE(own_key().decrypt(too_large));
    CHECK_FALSE(own_key().public_key().raw(too_large));
}

TEST_CASE("auth_key 2.13 keys survive PEM, and nothing else is taken for one") {
    const rsa_public_key& key = own_key().public_key();
    const auto read = rsa_public_key::from_pem(key.to_pem());
    REQUIRE(read);
    CHECK(read->fingerprint() == key.fingerprint());
    CHECK(key.to_pem().starts_with("-----BEGIN RSA PUBLIC KEY-----\n"));
    CHECK(hex(key.exponent()) == "010001");
    CHECK(key.modulus().size() == rsa_size);

    const auto secret_read = rsa_private_key::from_pem(own_key().to_pem());
    REQUIRE(secret_read);
    CHECK(secret_read->public_key().fingerprint() == key.fingerprint());

    CHECK_FALSE(rsa_public_key::from_pem(""));
    CHECK_FALSE(
        rsa_public_key::from_pem("-----BEGIN RSA PUBLIC KEY-----\nAAAA\n-----END RSA PUBLIC KEY-----\n"));
    CHECK_FALSE(rsa_private_key::from_pem(key.to_pem()));
    // tdlib/td tdutils/test/crypto.cpp: a key as SubjectPublicKeyInfo
    const auto spki = rsa_public_key::from_pem(R"(-----BEGIN PUBLIC KEY-----
MIIBIjANBgkqhkiG9w0BAQEFAAOCAQ8AMIIBCgKCAQEA3mE+f6a5ixGtkLWTQ/lM
E5on/JJdlZV2jAo49ZNZSSavAakvHFTNrz5zj8xaIgti2MpIZuJJO4KAgmR+sHs/
cmpINvH3KtGHL9MfAy9SvlShybsCIVX0LP/yGNf3ATqzBEnPjUKMD279bUyBcQTt
oHm56S7rHobfIse17aRguKgGhzdmhL09nEbJwO+kwCtUVcX9TmBlBQQ82N9fFqVW
X1SI3EOyvfnlOm9mG/OFS5byV8N3ta78Pnwc8dhI6Q+M4V8tdWKaVg8lehxG9obN
3Bkvy2x3x73XEn4pdqJmiT/ezAxBGNhxcY0fxOQhH9rLrz81+F0t0RPkt9mhCWmk
GwIDAQAB
-----END PUBLIC KEY-----
)");
    REQUIRE(spki);
    CHECK(hex(spki->modulus().first(4)) == "de613e7f");

    CHECK_FALSE(rsa_public_key::from_numbers(key.modulus().first(255), key.exponent()));  // too short
    CHECK_FALSE(rsa_public_key::from_numbers(key.modulus(), {}));
}
