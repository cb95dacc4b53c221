// The message that binds a temporary key.
#include "handshake/bind.hpp"

#include "base/endian.hpp"
#include "crypto/aes_ige.hpp"
#include "crypto/kdf.hpp"
#include "crypto/seeded_random.hpp"
#include "unit/crypto/hex.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <doctest/doctest.h>

#include <vector>

using namespace mtproto;

TEST_CASE("protocol 3.2, 3.3: the binding message of gotd's test") {
    // gotd/td crypto/bind_test.go has these inputs, and checks what comes out field by field; the bytes were
    // computed from them by SHA-1 and AES-256-ECB of other programs.
    std::array<std::byte, 256> falling;
    for (std::size_t i = 0; i < falling.size(); ++i)
        falling[i] = static_cast<std::byte>(255 - i);
    const crypto::auth_key permanent(falling);
    handshake::binding what;
    what.nonce = 0x0001020304050607;
    what.temp_key_id = 0x0011223344556677;
    what.temp_session_id = 0x010203040506070;
    what.expires_at = 1735689600;
    what.msg_id = 0x011223344556677;
    const std::vector<std::byte> script(64, std::byte{0xcd});
    crypto::scripted_random random(script);
    CHECK(test::hex(handshake::bind_message(permanent, what, random)) ==
          "96d1b10e8f724a137bb888c6aa9280ce9664b5279ec8e944bacb4c9772e1fbb439b1c5605cbedeb01d86458335146b2857"
          "b5af0a"
          "3cedd9af96ec96f4cea213d51c73abe02e86de4d3e9e382788b92ed0d8d93563eb03ffd2c435ec4f393370d390921d44f5"
          "c82ebb");
}

TEST_CASE("protocol 3.2, 3.3: the binding message opens under the permanent key by MTProto 1.0") {
    crypto::seeded_random random(1);
    crypto::secret<256> secret;
    random.fill(secret.span());
    const crypto::auth_key permanent(secret.span());
    handshake::binding what;
    what.nonce = 11;
    what.temp_key_id = 22;
    what.temp_session_id = 33;
    what.expires_at = 1'700'086'400;
    what.msg_id = 0x6553f10000000004;
    const bytes message = handshake::bind_message(permanent, what, random);

    // key id | msg_key | whole blocks
    REQUIRE(message.size() == 8 + 16 + 80);
    CHECK(load_le<std::int64_t>(message.data()) == permanent.id());
    crypto::message_key msg_key;
    std::copy_n(message.data() + 8, 16, msg_key.begin());
    std::vector<std::byte> plain(80);
    crypto::aes_ige_decrypt(message.view().subspan(24), plain, crypto::message_cipher_v1(permanent, msg_key));
    CHECK(crypto::message_key_v1(byte_view(plain).first(72)) == msg_key);

    CHECK(load_le<std::int64_t>(plain.data() + 16) == what.msg_id);
    CHECK(load_le<std::int32_t>(plain.data() + 24) == 0);   // seqno
    CHECK(load_le<std::int32_t>(plain.data() + 28) == 40);  // length
    const auto inner = tl::decode<tl::bind_auth_key_inner>(bytes::copy(byte_view(plain).subspan(32, 40)));
    REQUIRE(inner.has_value());
    CHECK(inner->nonce == 11);
    CHECK(inner->temp_auth_key_id == 22);
    CHECK(inner->perm_auth_key_id == permanent.id());
    CHECK(inner->temp_session_id == 33);
    CHECK(inner->expires_at == 1'700'086'400);
}
