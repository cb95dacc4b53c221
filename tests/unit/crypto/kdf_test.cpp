// Authorization keys and the keys derived from them, against published values.
#include "crypto/kdf.hpp"

#include "base/endian.hpp"
#include "unit/crypto/hex.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::crypto;
using test::hex;
using test::unhex;

namespace {

auth_key counting_key() {
    return auth_key(test::counting<256>());
}

// The auth key of mtcute's tests: 32 bytes eight times over
auth_key mtcute_key() {
    std::string text;
    for (int i = 0; i < 8; ++i)
        text += "98cb29c6ffa89e79da695a54f572e6cb101e81c688b63a4bf73c3622dec230e0";
    return auth_key(test::unhex_array<256>(text));
}

std::string hex_number(std::int64_t number) {
    std::array<std::byte, 8> data;
    store_le(data.data(), number);
    return hex(data);
}

}  // namespace

TEST_CASE("auth_key 2.12 ids are those of the published keys") {
    // Lonami/grammers grammers-crypto/src/auth_key.rs
    CHECK(hex_number(counting_key().id()) == "32d1586ea457dfc8");
    CHECK(hex_number(counting_key().aux_hash()) == "4916d6bdb7f78e68");
    // mtcute/mtcute packages/core/src/network/auth-key.test.ts
    CHECK(hex_number(mtcute_key().id()) == "40fa5bb7cb56a895");
    CHECK_FALSE(auth_key::from(unhex("0102")));
    CHECK(auth_key::from(counting_key().data())->id() == counting_key().id());
}

TEST_CASE("auth_key 2.11 new_nonce_hash") {
    // Lonami/grammers grammers-crypto/src/auth_key.rs
    const auto nonce = test::counting<32>();
    CHECK(hex(new_nonce_hash(nonce, 1, counting_key())) == "c2ced2b33e593a55d27f4a5dabee7c67");
    CHECK(hex(new_nonce_hash(nonce, 2, counting_key())) == "f4318e85bd2ff3be84d9fefce3dce39f");
    CHECK(hex(new_nonce_hash(nonce, 3, counting_key())) == "4bf9d7b37db413ee431d28517631cb3d");
}

TEST_CASE("messages 4.1 keys of MTProto 2.0") {
    // Lonami/grammers grammers-crypto/src/lib.rs, calc_client_key and calc_server_key
    const auto msg_key = test::counting<16>();
    const ige_key client = message_cipher_v2(counting_key(), msg_key, direction::to_server);
    CHECK(hex(client.key) == "704ed09c8b41668ae8f99d244738f71dbddc44469b6bbd4aa8573dd042bd059e");
    CHECK(hex(client.iv) == "4d266000a550edabbf4c7ce40fd0043cc92230184cd317a5cc9c2482fd3b9318");
    const ige_key server = message_cipher_v2(counting_key(), msg_key, direction::to_client);
    CHECK(hex(server.key) == "217725799b245806458174a1fcfbc883906807b15033fdd0ea2b4d69cf9c364e");
    CHECK(hex(server.iv) == "669a6538917a4fa56ca32360a431c9160be4ad887140980dab91ce7bdc47ffbc");

    // mtcute/mtcute packages/core/src/utils/crypto/mtproto.test.ts
    const auto mtcute_msg_key = test::unhex_array<16>("25d701f2a29205526757825a99eb2d32");
    const ige_key up = message_cipher_v2(mtcute_key(), mtcute_msg_key, direction::to_server);
    CHECK(hex(up.key) == "af3f8e1ffa75f4c981eec33a3e5bbaa2ea48f9bb93e91597627eb1f67960a0c9");
    CHECK(hex(up.iv) == "9874d77f95155b35221bff94b7df4594c6996e2a62e44fcb7d93c8c4e41b79ee");
    const ige_key down = message_cipher_v2(mtcute_key(), mtcute_msg_key, direction::to_client);
    CHECK(hex(down.key) == "d4b378e1e0525f10ff9d4c42807ccce5b30a033a8088c0b922b5259421751648");
    CHECK(hex(down.iv) == "4d7194f42f0135d2fd83050b403265b4c40ee3e9e9fba56f0f4d8ea6bcb121f5");
}

TEST_CASE("messages 4.1 a text encrypted by hand is the published packet") {
    // Lonami/grammers grammers-crypto/src/lib.rs, encrypt_client_data_v2 (also gotd/td
    // crypto/cipher_encrypt_test.go)
    const auth_key key = counting_key();
    const std::string text = "Hello, world! This data should remain secure!";
    std::vector<std::byte> plain(text.size() + 19);  // zeros to a multiple of 16, 16 more than needed
    std::copy_n(as_bytes(text).begin(), text.size(), plain.begin());
    const message_key msg_key =
        message_key_v2(sha256({message_hash_prefix(key, direction::to_server), plain}));
    aes_ige_encrypt(plain, plain, message_cipher_v2(key, msg_key, direction::to_server));
    CHECK(hex_number(key.id()) + hex(msg_key) + hex(plain) ==
          "32d1586ea457dfc8a81729d46db54019a2bfd7f744f9b96c4f716cfdc4477db2a2c15f6ddb85235fb9552f1d8407c6aa"
          "ea00cc844c5a1bf6ac44b79b5edc2a23868b3d6073a590992c0f2975243d563ea180d218ee757c9a");
}

TEST_CASE("perfect forward secrecy 3.3 keys of MTProto 1.0") {
    // gotd/td crypto/kdf_v1_test.go
    CHECK(hex(message_key_v1(as_bytes("bind-message-test-payload"))) == "fc11a3669566de22b87f66550dc3de6d");
    const ige_key gotd = message_cipher_v1(counting_key(), test::counting<16>());
    CHECK(hex(gotd.key) == "17d7295ca9213d1ab656acdb1ad48b2ea7f3a8f7095098d5508b900bbd5fccfc");
    CHECK(hex(gotd.iv) == "2d7d16a65a84108e9805656caa474501cc580aa2edc33abfd0bfad785464d1c6");

    // mtcute/mtcute packages/core/src/utils/crypto/mtproto.test.ts
    const auto msg_key = test::unhex_array<16>("25d701f2a29205526757825a99eb2d32");
    const ige_key up = message_cipher_v1(mtcute_key(), msg_key, direction::to_server);
    CHECK(hex(up.key) == "1fc7b40b1d9ffbdaf4d652525a748864259698f89214abf27c0d36cb9d4cd5db");
    CHECK(hex(up.iv) == "7251fbda39ec5e6e089f15ded5963b03d6d8d0f7078898431fc7b40b1d9ffbda");
    const ige_key down = message_cipher_v1(mtcute_key(), msg_key, direction::to_client);
    CHECK(hex(down.key) == "af0e4e01318654be40ab42b125909d43b44bdeef571ff1a5dfb81474ae26d467");
    CHECK(hex(down.iv) == "15c9ba6021d2c5cf04f0842540ae216a970b4eac8f46ef01af0e4e01318654be");
}

TEST_CASE("auth_key 2.7 the handshake's temporary key") {
    // core.telegram.org/mtproto/samples-auth_key, as in gotd/td crypto/temp_keys_test.go
    const ige_key sample = handshake_cipher(
        test::unhex_array<32>("311C85DB234AA2640AFC4A76A735CF5B1F0FD68BD17FA181E1229AD867CC024D"),
        test::unhex_array<16>("A5CF4D33F4A11EA877BA4AA573907330"));
    CHECK(hex(sample.key) == "f011280887c7bb01df0fc4e17830e0b91fbb8be4b2267cb985ae25f33b527253");
    CHECK(hex(sample.iv) == "3212d579ee35452ed23e0d0c92841aa7d31b2e9bdef2151e80d15860311c85db");

    // Lonami/grammers grammers-crypto/src/lib.rs, key_from_nonce
    const ige_key counted = handshake_cipher(test::counting<32>(), test::counting<16>());
    CHECK(hex(counted.key) == "0758f1533b615d24f6e8a94a6fcbee0a55eaab2217d7295ca9213d1a2d7d16a6");
    CHECK(hex(counted.iv) == "5a84108e9805656ce864070e166e6218f6783e8511471a5ab7802cf200010203");
}

TEST_CASE("auth_key 2.7 nonces keep their leading zeros") {
    // gotd/td crypto/temp_keys_test.go, TestTempAESKeysLeadingZeroNonce
    int128 server_nonce;
    for (std::size_t i = 0; i < server_nonce.size(); ++i)
        server_nonce[i] = static_cast<std::byte>(0x20 + i);
    server_nonce[0] = std::byte{0};
    const ige_key made = handshake_cipher(test::counting<32>(), server_nonce);
    CHECK(hex(made.key) == "0a2d0f607499a866848e41798a34315e4922c39fe55c6caf5bc322c4b8c08c6a");
    CHECK(hex(made.iv) == "9cb702d4fd6e5d25e864070e166e6218f6783e8511471a5ab7802cf200010203");
}

TEST_CASE("auth_key 2.12 the first salt is the xor of the nonces' beginnings") {
    int256 new_nonce{};
    int128 server_nonce{};
    new_nonce[0] = std::byte{0x0f};
    server_nonce[0] = std::byte{0xff};
    server_nonce[7] = std::byte{0x80};
    new_nonce[8] = server_nonce[8] = std::byte{0x55};  // not part of it
    CHECK(first_salt(new_nonce, server_nonce) == static_cast<std::int64_t>(0x80000000000000f0));
}

TEST_CASE("transport 1.5 the quick-ack token has bit 31 set") {
    sha256_digest digest{};
    digest[0] = std::byte{0x12};
    digest[3] = std::byte{0x34};
    CHECK(quick_ack_token(digest) == 0xb4000012);
}
