// Envelopes: packets that other clients made, packets that were tampered with, and packets opened side by
// side.
#include "wire/envelope.hpp"

#include "base/buffer_pool.hpp"
#include "base/endian.hpp"
#include "crypto/kdf.hpp"
#include "unit/wire/streams.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::wire;
using crypto::auth_key;
using test::hex;
using test::unhex;

namespace {

using key_pointer = std::shared_ptr<const auth_key>;

// mtcute/mtcute packages/core/src/network/auth-key.test.ts
key_pointer mtcute_key() {
    std::string text;
    for (int i = 0; i < 8; ++i)
        text += "98cb29c6ffa89e79da695a54f572e6cb101e81c688b63a4bf73c3622dec230e0";
    return std::make_shared<auth_key>(test::unhex_array<256>(text));
}
constexpr std::int64_t mtcute_salt = static_cast<std::int64_t>(0xbeefdeaddeadbeef);
constexpr std::int64_t mtcute_session = static_cast<std::int64_t>(0xbeeffeedfeedbeef);
constexpr std::int64_t mtcute_msg_id = 0x1234beefbeef1234;
constexpr std::string_view mtcute_packet =
    "40fa5bb7cb56a8950c394b884f1529efc42fea22d972fea650a714ce6d2d1bdb"
    "3d98ff5929b8768c401771a69795f36a7e720dcafac2efbccd0ba368e8a7f48b"
    "07362cac1a32ffcabe188b51a36cc4d54e1d0633cf9eaf35";

key_pointer random_key(std::uint64_t seed) {
    crypto::seeded_random random(seed);
    std::array<std::byte, 256> data;
    random.fill(data);
    return std::make_shared<auth_key>(data);
}

result<opened> open_mtcute(std::string_view text) {
    return open(packet::copy(unhex(text)), mtcute_key(), role::client);
}

// A packet from client to server whose inside is `plain`, sealed right whatever that says.
packet sealed_by_hand(const key_pointer& key, std::vector<std::byte> plain) {
    const auto way = crypto::direction::to_server;
    const crypto::message_key msg_key =
        crypto::message_key_v2(crypto::sha256({crypto::message_hash_prefix(*key, way), plain}));
    crypto::aes_ige_encrypt(plain, plain, crypto::message_cipher_v2(*key, msg_key, way));
    std::vector<std::byte> whole(8);
    store_le(whole.data(), key->id());
    test::append(whole, msg_key);
    test::append(whole, plain);
    return packet::copy(whole);
}

std::vector<std::byte> inside(std::int32_t length, std::size_t size) {
    std::vector<std::byte> plain(size, std::byte{0x33});
    store_le(plain.data() + 28, length);
    return plain;
}

}  // namespace

TEST_CASE("messages 4.3 a packet of a server that mtcute opens") {
    const auto message = open_mtcute(mtcute_packet);
    REQUIRE(message);
    CHECK(message->header.msg_id == mtcute_msg_id);
    CHECK(message->header.seqno == 777);
    CHECK(message->header.session_id == mtcute_session);
    CHECK(message->body.text() == "hello, world!!!!");
    // It shares the packet's block: nothing was copied.
    packet data = packet::copy(unhex(mtcute_packet));
    const std::byte* begin = data.view().data();
    const auto again = open(data, mtcute_key(), role::client);
    CHECK(again->body.data() == begin + 24 + 32);
}

TEST_CASE("messages 4.3 and transport 1.3 the same packet with a transport's padding") {
    buffer_pool pool;
    frame_reader reader(role::client, framing::padded_intermediate, pool);
    REQUIRE(reader.feed(unhex("5c000000" + std::string(mtcute_packet) + "deadbeef")));
    const auto message = open(*reader.next(), mtcute_key(), role::client);
    REQUIRE(message);
    CHECK(message->body.text() == "hello, world!!!!");
    // Without that framing, four bytes too many are no packet.
    CHECK(open_mtcute(std::string(mtcute_packet) + "deadbeef").error() == errc::bad_message_key);
}

TEST_CASE("messages 4.3 packets that mtcute refuses") {
    // A wrong msg_key
    CHECK(open_mtcute("40fa5bb7cb56a8950000000000000000000000000000000050a714ce6d2d1bdb"
                      "3d98ff5929b8768c401771a69795f36a7e720dcafac2efbccd0ba368e8a7f48b"
                      "07362cac1a32ffcabe188b51a36cc4d54e1d0633cf9eaf35")
              .error() == errc::bad_message_key);
    // Another session: opened here, and the session's to refuse
    CHECK(open_mtcute("40fa5bb7cb56a895a986a7e97f4e90aa2769b5e702c6e86f5e1e82c6ff0c6829"
                      "2521a2ba9704fa37fb341d895cf32662c6cf47ba31cbf27c30d5c03f6c2930f4"
                      "30fd8858b836b73fe32d4a95b8ebcdbc9ca8908f7964c40a")
              ->header.session_id != mtcute_session);
    // A length past the end
    CHECK(open_mtcute("40fa5bb7cb56a8950d19412233dd5d24be697c73274e08fbe515cf65e0c5f70c"
                      "ad75fd2badc18c9f999f287351144eeb1cfcaa9bea33ef5058999ad96a498306"
                      "08d2859425685a55b21fab413bfabc42ec5da283853b28c0")
              .error() == errc::bad_message);
    // A length that is no multiple of 4
    CHECK(open_mtcute("40fa5bb7cb56a8957b4e4bec561eee4a5a1025bc8a35d3d0c79a3685d2b90ff0"
                      "5f638e9c42c9fd9448b0ce8e7d49e7ea1ce458e47b825b5c7fd8ddf5b4fded46"
                      "2a4bcc02f3ff2e89de6764d6d219f575e457fdcf8c163cdf")
              .error() == errc::bad_message);
    // Too little padding
    CHECK(open_mtcute("40fa5bb7cb56a895133671d1c637a9836e2c64b4d1a0521d8a25a6416fd4dc9e"
                      "79f9478fb837703cc9efa0a19d12143c2a26e57cb4bc64d7bc972dd8f19c53c590cc258162f44afc")
              .error() == errc::bad_message);
}

TEST_CASE("messages 4.2 the packet that mtcute seals") {
    // The first draw makes no extra padding; the 16 bytes are those of mtcute's entropy.
    const auto script = unhex("0000000029afd26df40fb8ed10b6b4ad6d56ef5d");
    crypto::scripted_random random(script);
    const message_header header{mtcute_salt, mtcute_session, mtcute_msg_id, 777};
    const sealed made = seal(mtcute_key(), role::client, header, as_bytes("hello, world!!!!"), random);
    CHECK(hex(made.data.view()) ==
          "40fa5bb7cb56a895f6f5a88914892aadf87c68031cc953ba29d68e118021f329"
          "be386a620d49f3ad3a50c60dcef3733f214e8cefa3e403c11d193637d4971dc1"
          "5db7f74b26fd16cb0e8fee30bf7e3f68858fe82927e2cd06");
}

TEST_CASE("messages 4.1 the packet of a server that grammers opens") {
    // Lonami/grammers grammers-crypto/src/lib.rs, decrypt_server_data_v2: a container of two messages
    const auto key = std::make_shared<auth_key>(test::unhex_array<256>(
        "5d2e7d65f49ec28bd029a88761ea27b8a4c79f12226525443e7d7c596ef3303530db2107e89aa997c7a0164ab694187adeff"
        "156bd6ef7118a1962347753c0e7e89a0354b8ec364f9997e71bc6923fb86e8e43491e010606a6ce845e2fa01940977ef0aa3"
        "2adf5a97dbf6d428ec0434d717a2d3ad19622cc05887642113c7965ffb862a3e3ccb0ab95addda57f89245dbd76b492348f8"
        "e94bd5a7c0e0b84808523cfd1ea80b32fe9ad198bc2e103fceb7d52492ecc0273a28674bc923eee59265ab17a002df1f4aa2"
        "c59b819a5e5e1d105ec117336f5c76c6b187037d4b4270cee9cc21071d97e9bca220c6d7b01b998cf2e5cdb9a50ecda1852a"
        "36e635690c8e"));
    const auto message =
        open(packet::copy(
                 unhex("7a7183c2c10e4f4df945fa9a9abd35e7c3840b61f045304f39674c19c0e209784f50f6226a073529d675c"
                       "92cbf0bfa8c99a79b3f39c72a5d9a026d431ab7407ca04ecc55187d6c45f17871524edd90cea02ed728e1"
                       "4d7cb18aea2a636158f09459a9437710d894c79f368c4e8164b7647ea98612aefe942c5d92121acb8db02"
                       "dccceb66d0f8720ac12a06db0582bfd955be34f365118e3bab8cd080ce6b45b28eac56dcd2a29374e")),
             key, role::client);
    REQUIRE(message);
    CHECK(static_cast<std::uint64_t>(message->header.salt) == 0xfd288b24026a82fc);
    CHECK(message->header.seqno == 2);
    CHECK(hex(message->body) ==
          "dcf8f1730200000001a8c1c2918b305e010000001c0000000809c29ec4fd33ad918b305e18a88ea607ee5816fc826a0224"
          "8b28fd01ccc1c2918b305e0200000014000000c5737734c4fd33ad918b305e6408300000000000");
}

TEST_CASE("messages 4.2 what one end seals the other opens, and nobody else") {
    crypto::seeded_random random(1);
    const auto key = random_key(2);
    const message_header header{11, 22, 33, 44};
    for (const role sender : {role::client, role::server}) {
        const role receiver = sender == role::client ? role::server : role::client;
        for (std::size_t size = 0; size <= 200; size += 4) {
            const auto body = test::random_bytes(random, size);
            const sealed made = seal(key, sender, header, body, random);
            const std::size_t padding = made.data.size - 24 - 32 - size;
            REQUIRE(padding >= 12);
            REQUIRE(padding <= 1024);
            REQUIRE((made.data.size - 24) % 16 == 0);
            REQUIRE(key_id_of(made.data) == key->id());
            const bytes copy = bytes::copy(made.data.view());
            const auto message = open(made.data, key, receiver);
            REQUIRE(message);
            REQUIRE(message->header.salt == 11);
            REQUIRE(message->header.session_id == 22);
            REQUIRE(message->header.msg_id == 33);
            REQUIRE(message->header.seqno == 44);
            REQUIRE(hex(message->body) == hex(body));
            REQUIRE(message->quick_ack_token == made.quick_ack_token);
            REQUIRE((message->quick_ack_token & 0x80000000) != 0);
            // Its own packet sent back to it is no message for it.
            REQUIRE(open(packet::copy(copy), key, sender).error() == errc::bad_message_key);
            REQUIRE(open(packet::copy(copy), random_key(3), receiver).error() == errc::bad_message_key);
            REQUIRE(open(packet::copy(copy), nullptr, receiver).error() == errc::bad_message_key);
        }
    }
}

TEST_CASE("messages 4.8 the same message sealed twice differs, and small ones vary in size") {
    crypto::seeded_random random(1);
    const auto key = random_key(2);
    const auto first = seal(key, role::client, {}, unhex("01020304"), random);
    bool varied = false;
    for (int i = 0; i < 20; ++i) {
        const auto next = seal(key, role::client, {}, unhex("01020304"), random);
        CHECK(hex(next.data.view()) != hex(first.data.view()));
        varied = varied || next.data.size != first.data.size;
    }
    CHECK(varied);
}

TEST_CASE("messages 4.3 a change of any byte, or a cut at any place, looks the same") {
    crypto::seeded_random random(5);
    const auto key = random_key(6);
    const sealed made = seal(key, role::client, {1, 2, 4, 1}, test::random_bytes(random, 40), random);
    const bytes whole = bytes::copy(made.data.view());
    for (std::size_t at = 0; at < whole.size(); ++at) {
        for (const int bit : {0, 3, 7}) {
            packet changed = packet::copy(whole);
            changed.span()[at] ^= static_cast<std::byte>(1 << bit);
            REQUIRE(open(changed, key, role::server).error() == errc::bad_message_key);
        }
    }
    for (std::size_t size = 0; size < whole.size(); ++size)
        REQUIRE(open(packet::copy(whole.view().first(size)), key, role::server).error() ==
                errc::bad_message_key);
    std::vector<std::byte> longer(whole.begin(), whole.end());
    for (int i = 0; i < 40; ++i) {
        longer.push_back(std::byte{0});
        REQUIRE(open(packet::copy(longer), key, role::server).error() == errc::bad_message_key);
    }
}

TEST_CASE("messages 4.3 an authentic packet with a wrong length or padding is refused") {
    const auto key = random_key(7);
    const auto said = [&](std::int32_t length, std::size_t size) {
        return open(sealed_by_hand(key, inside(length, size)), key, role::server);
    };
    CHECK(said(4, 48));  // 12 bytes of padding
    CHECK(said(0, 48));
    CHECK(said(8, 48).error() == errc::bad_message);   // 8 bytes
    CHECK(said(16, 48).error() == errc::bad_message);  // none
    CHECK(said(20, 48).error() == errc::bad_message);  // past the end
    CHECK(said(2, 48).error() == errc::bad_message);   // no multiple of 4
    CHECK(said(-4, 48).error() == errc::bad_message);
    CHECK(said(-2147483647 - 1, 48).error() == errc::bad_message);
    CHECK(said(2147483644, 48).error() == errc::bad_message);
    CHECK(said(0, 32 + 1024));  // 1024 bytes of padding
    CHECK(said(0, 32 + 1040).error() == errc::bad_message);
    CHECK(said(16, 32 + 1040));
    CHECK(said(12, 32 + 1040).error() == errc::bad_message);
}

TEST_CASE("packets with different keys and sizes, good and bad, are opened side by side as they come") {
    for (const std::size_t step : {1'000'000u, 5000u, 333u, 7u}) {
        CAPTURE(step);
        crypto::seeded_random random(8);
        std::vector<std::unique_ptr<decryption>> decryptions;
        std::vector<packet> packets;
        std::vector<std::vector<std::byte>> bodies;
        buffer_pool pool;
        for (std::size_t i = 0; i < 23; ++i) {
            const auto key = random_key(100 + i % 3);
            bodies.push_back(test::random_bytes(random, 4 * (random.next_u32() % 5000)));
            const message_header header{1, 2, static_cast<std::int64_t>(i), 0};
            packet& made =
                packets.emplace_back(seal(key, role::server, header, bodies.back(), random, &pool).data);
            if (i % 5 == 1) made.span().back() ^= std::byte{1};
            if (i % 5 == 2) made.size -= 1;
            open_job job{made, i % 5 == 3 ? random_key(999) : key, role::client};
            decryptions.push_back(std::make_unique<decryption>(std::move(job), 0));
            CHECK(decryptions.back()->is_of(made));
        }
        std::vector<decryption*> all;
        for (const auto& each : decryptions)
            all.push_back(each.get());
        for (std::size_t here = 0; here < 21'000; here += step) {
            for (std::size_t i = 0; i < all.size(); ++i)
                all[i]->received(std::min(here + step, packets[i].size));
            if (here / step % 16 == 0) advance(all);
        }
        advance(all);
        for (std::size_t i = 0; i < all.size(); ++i) {
            CAPTURE(i);
            const result<opened> outcome = all[i]->finish();
            if (i % 5 == 0 || i % 5 == 4) {
                REQUIRE(outcome);
                CHECK(outcome->header.msg_id == static_cast<std::int64_t>(i));
                CHECK(hex(outcome->body) == hex(bodies[i]));
            } else {
                CHECK(outcome.error() == errc::bad_message_key);
            }
        }
        CHECK_FALSE(all[0]->is_of(packets[1]));
    }
    advance({});
}

TEST_CASE("drafts are written in place and sealed side by side") {
    crypto::seeded_random random(9);
    buffer_pool pool;
    const auto key = random_key(1);
    std::vector<seal_job> jobs;
    for (std::size_t i = 0; i < 9; ++i) {
        draft text(64 * i, random, &pool);
        std::fill(text.body().begin(), text.body().end(), static_cast<std::byte>(i));
        jobs.push_back({std::move(text), key, role::server, {0, 0, static_cast<std::int64_t>(i), 0}, {}});
    }
    seal_batch(jobs);
    for (std::size_t i = 0; i < jobs.size(); ++i) {
        const auto message = open(jobs[i].outcome.data, key, role::client);
        REQUIRE(message);
        CHECK(message->header.msg_id == static_cast<std::int64_t>(i));
        CHECK(hex(message->body) == hex(std::vector<std::byte>(64 * i, static_cast<std::byte>(i))));
        // Aligned as it will be received: the encrypted part at a multiple of 16.
        CHECK((reinterpret_cast<std::uintptr_t>(jobs[i].outcome.data.view().data()) + 24) % 16 == 0);
    }
}

TEST_CASE("auth_key 2.1 plain envelopes, with the trailing bytes that servers may add") {
    const packet made = write_plain(0x0102030405060708, unhex("aabbccdd"));
    CHECK(hex(made.view()) == "0000000000000000080706050403020104000000aabbccdd");
    const auto read = read_plain(made);
    REQUIRE(read);
    CHECK(read->msg_id == 0x0102030405060708);
    CHECK(hex(read->body) == "aabbccdd");
    const auto trailing = read_plain(packet::copy(unhex(hex(made.view()) + "0102030405")));
    REQUIRE(trailing);
    CHECK(hex(trailing->body) == "aabbccdd");
    for (std::size_t size = 0; size < made.size; ++size)
        CHECK(read_plain(packet::copy(made.view().first(size))).error() == errc::truncated);
    CHECK_FALSE(read_plain(packet::copy(unhex("0100000000000000080706050403020104000000aabbccdd"))));
    CHECK_FALSE(read_plain(packet::copy(unhex("00000000000000000807060504030201ffffffffaabbccdd"))));
}
