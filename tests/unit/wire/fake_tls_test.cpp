// Hellos and replies of fake TLS, of both sides.
#include "wire/fake_tls.hpp"

#include "crypto/sha.hpp"
#include "fake_tls_published.hpp"
#include "streams.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace mtproto;
using namespace mtproto::wire;
using namespace std::chrono_literals;
using test::hex;
using test::unhex;

namespace {

constexpr unix_time now = std::chrono::seconds(1'750'000'000);

proxy_secret secret_for(const std::string& domain,
                        std::string_view key = "00112233445566778899aabbccddeeff") {
    proxy_secret made;
    made.kind = proxy_secret::form::fake_tls;
    made.key = proxy_key(std::span<const std::byte, 16>(test::unhex_array<16>(key)));
    made.domain = domain;
    return made;
}

/// The first place of `part` in a record; npos when it is not there.
std::size_t find(byte_view data, std::string_view part) {
    return as_text(data).find(as_text(unhex(part)));
}

std::size_t number_at(byte_view data, std::size_t at) {
    return std::to_integer<std::size_t>(data[at]) << 8 | std::to_integer<std::size_t>(data[at + 1]);
}

}  // namespace

TEST_CASE("protocol 1.9: a ClientHello has the shape of a browser's, and all its lengths fit") {
    crypto::seeded_random random(1);
    for (const std::size_t length : {1, 11, 100, 182}) {
        const std::string domain(length, 'a');
        const client_hello made = make_client_hello(secret_for(domain), now, random);
        const byte_view record = made.record;
        REQUIRE(record.size() == 517);
        CHECK(hex(record.first(11)) == "1603010200010001fc0303");
        CHECK(hex(record.subspan(11, 32)) == hex(made.random));
        CHECK(record[43] == std::byte{32});
        CHECK(number_at(record, 76) == 32);  // cipher suites
        CHECK(hex(record.subspan(110, 2)) == "0100");
        REQUIRE(number_at(record, 112) == 517 - 114);

        std::set<std::size_t> types;
        std::size_t grease = 0;
        for (std::size_t at = 114; at < record.size();) {
            REQUIRE(at + 4 <= record.size());
            const std::size_t type = number_at(record, at);
            CHECK(types.insert(type).second);
            if ((type & 0x0f0f) == 0x0a0a) ++grease;
            if (type == 0) CHECK(as_text(record.subspan(at + 9, number_at(record, at + 7))) == domain);
            at += 4 + number_at(record, at + 2);
            REQUIRE(at <= record.size());
        }
        CHECK(grease == 2);
        for (const std::size_t type : {0x00, 0x0a, 0x0d, 0x10, 0x2b, 0x33, 0xff01})
            CHECK(types.contains(type));
    }
}

TEST_CASE("protocol 1.9: the random proves the secret over the whole record, and names the time") {
    crypto::seeded_random random(2);
    const proxy_secret secret = secret_for("example.org");
    const client_hello made = make_client_hello(secret, now, random);
    auto without = made.record;
    std::fill(without.begin() + 11, without.begin() + 43, std::byte{0});
    const auto proof = crypto::hmac_sha256(secret.key, {without});
    CHECK(hex(byte_view(proof).first(28)) == hex(byte_view(made.random).first(28)));
    std::uint32_t time = 0;
    for (std::size_t i = 32; i-- > 28;)
        time = time << 8 | std::to_integer<std::uint32_t>(proof[i] ^ made.random[i]);
    CHECK(time == 1'750'000'000);
}

TEST_CASE("protocol 1.9: no two hellos are alike") {
    crypto::seeded_random random(3);
    const proxy_secret secret = secret_for("example.org");
    std::set<std::string> shares;
    std::set<std::string> greases;
    for (int i = 0; i < 50; ++i) {
        const client_hello made = make_client_hello(secret, now, random);
        const std::size_t share = find(made.record, "001d0020");
        REQUIRE(share != std::string::npos);
        shares.insert(hex(byte_view(made.record).subspan(share + 4, 32)));
        greases.insert(hex(byte_view(made.record).subspan(78, 2)));
    }
    CHECK(shares.size() == 50);
    CHECK(greases.size() > 4);
}

TEST_CASE("protocol 1.9: a server takes a hello once, within its time, with its secret, for its domain") {
    crypto::seeded_random random(4);
    const proxy_secret secret = secret_for("example.org");
    fake_tls_guard guard(secret);
    const client_hello made = make_client_hello(secret, now, random);
    const auto seen = guard.admit(made.record, now + 5s);
    REQUIRE(seen);
    CHECK(seen->random == made.random);
    CHECK(hex(seen->session_id) == hex(byte_view(made.record).subspan(44, 32)));
    CHECK(seen->domain == "example.org");
    CHECK(guard.admit(made.record, now + 6s).error() == errc::replayed);

    const auto judged = [&](const proxy_secret& with, unix_time time) {
        const client_hello other = make_client_hello(with, time, random);
        const auto taken = guard.admit(other.record, now);
        return taken ? boost::system::error_code() : taken.error();
    };
    CHECK_FALSE(judged(secret, now - 19min));
    CHECK_FALSE(judged(secret, now + 9min));
    CHECK(judged(secret, now - 21min) == errc::bad_message);
    CHECK(judged(secret, now + 11min) == errc::bad_message);
    CHECK(judged(secret_for("example.com"), now) == errc::malformed);
    CHECK(judged(secret_for("example.org", "00112233445566778899aabbccddee00"), now) == errc::malformed);
    // One that was forgotten is too old by then.
    CHECK(guard.admit(made.record, now + 21min).error() == errc::bad_message);
}

TEST_CASE("protocol 1.9: a hello with any bit changed, or cut short anywhere, is refused") {
    crypto::seeded_random random(5);
    const proxy_secret secret = secret_for("example.org");
    const client_hello made = make_client_hello(secret, now, random);
    for (std::size_t i = 0; i < made.record.size(); ++i) {
        fake_tls_guard guard(secret);
        auto changed = made.record;
        changed[i] ^= std::byte{0x80};
        // The lowest byte of the time proves nothing: two minutes are no matter.
        CHECK(guard.admit(changed, now).has_value() == (i == 39));
        CHECK_FALSE(guard.admit(byte_view(made.record).first(i), now));
    }
}

TEST_CASE("protocol 1.9: whatever stands in a hello that proves the secret, it is read within its bounds") {
    crypto::seeded_random random(6);
    const proxy_secret secret = secret_for("example.org");
    const client_hello made = make_client_hello(secret, now, random);
    int admitted = 0;
    for (int i = 0; i < 3000; ++i) {
        auto changed = made.record;
        for (int times = 0; times < 3; ++times)
            changed[76 + random.next_u32() % 100] = static_cast<std::byte>(random.next_u32() & 0xff);
        std::fill(changed.begin() + 11, changed.begin() + 43, std::byte{0});
        auto proof = crypto::hmac_sha256(secret.key, {changed});
        for (std::size_t at = 0; at < 4; ++at)
            proof[28 + at] ^= static_cast<std::byte>(1'750'000'000u >> 8 * at & 0xff);
        std::copy(proof.begin(), proof.end(), changed.begin() + 11);
        fake_tls_guard guard(secret);
        if (guard.admit(changed, now)) ++admitted;
    }
    CHECK(admitted > 0);
    CHECK(admitted < 3000);
}

TEST_CASE("protocol 1.9: how long a hello is, and what cannot be one") {
    CHECK(client_hello_size(unhex("16030102")).value() == 5);
    CHECK(client_hello_size(unhex("1603010200")).value() == 517);
    CHECK(client_hello_size(unhex("160301000a")).error() == errc::malformed);
    CHECK(client_hello_size(unhex("160301ffff")).error() == errc::too_large);
    CHECK(client_hello_size(unhex("1603030200")).error() == errc::malformed);
    CHECK(client_hello_size(unhex("1703010200")).error() == errc::malformed);
}

TEST_CASE(
    "protocol 1.10: the reply of alexbers/mtprotoproxy (gotd/td, mtproxy/faketls/testdata/server_hello)") {
    const auto reply = unhex(test::alexbers_server_hello);
    const auto client = test::unhex_array<32>(test::alexbers_client_random);
    const proxy_secret secret = secret_for("", "00000000000000000000000000000001");
    CHECK(fake_tls_reply_size(reply).value() == reply.size());
    CHECK(check_fake_tls_reply(reply, client, secret.key));
    const proxy_secret other = secret_for("", "00000000000000000000000000000002");
    CHECK(check_fake_tls_reply(reply, client, other.key).error() == errc::proxy_failed);
    auto changed = reply;
    changed.back() ^= std::byte{1};
    CHECK(check_fake_tls_reply(changed, client, secret.key).error() == errc::proxy_failed);
}

TEST_CASE("protocol 1.10: more handshake records than one are fine (gotd/td, server_hello_test.go)") {
    auto reply = unhex("1603030026" + std::string(76, '0') + "16030300040b000000" + "16030300040c000000" +
                       "140303000101" + "170303000414000000");
    const auto client = test::unhex_array<32>(test::alexbers_client_random);
    const proxy_secret secret = secret_for("", "00000000000000000000000000000001");
    const auto proof = crypto::hmac_sha256(secret.key, {client, reply});
    std::copy(proof.begin(), proof.end(), reply.begin() + 11);
    CHECK(fake_tls_reply_size(reply).value() == reply.size());
    CHECK(check_fake_tls_reply(reply, client, secret.key));
}

TEST_CASE("protocol 1.10: a server's reply verifies, and its size is known as it comes") {
    crypto::seeded_random random(7);
    const proxy_secret secret = secret_for("example.org");
    fake_tls_guard guard(secret);
    const client_hello hello = make_client_hello(secret, now, random);
    const auto seen = guard.admit(hello.record, now);
    REQUIRE(seen);
    const auto reply = make_fake_tls_reply(*seen, secret.key, random);
    std::size_t known = 0;
    while (known < reply.size()) {
        const auto wanted = fake_tls_reply_size(byte_view(reply).first(known));
        REQUIRE(wanted);
        REQUIRE(*wanted > known);
        REQUIRE(*wanted <= reply.size());
        known = *wanted;
    }
    CHECK(fake_tls_reply_size(reply).value() == reply.size());
    CHECK(hex(byte_view(reply).subspan(43, 33)) == "20" + hex(seen->session_id));
    CHECK(check_fake_tls_reply(reply, hello.random, secret.key));
    const client_hello another = make_client_hello(secret, now, random);
    CHECK_FALSE(check_fake_tls_reply(reply, another.random, secret.key));
    CHECK_FALSE(check_fake_tls_reply(byte_view(reply).first(20), hello.random, secret.key));
}

TEST_CASE("protocol 1.10: what is no reply is known by its first bytes (gotd/td, server_hello_test.go)") {
    const std::string hello = "1603030026" + std::string(76, '0');
    CHECK(fake_tls_reply_size({}).value() == 5);
    CHECK(fake_tls_reply_size(unhex("1703030001")).error() == errc::malformed);
    CHECK(fake_tls_reply_size(unhex("1603030001")).error() == errc::malformed);
    CHECK(fake_tls_reply_size(unhex("1503030002")).error() == errc::malformed);  // an alert
    CHECK(fake_tls_reply_size(unhex("4854545020")).error() == errc::malformed);
    CHECK(fake_tls_reply_size(unhex("160303ffff")).error() == errc::too_large);
    CHECK(fake_tls_reply_size(unhex(hello + "1703030001")).error() == errc::malformed);
    CHECK(fake_tls_reply_size(unhex(hello + "140303000101" + "1603030001")).error() == errc::malformed);
    std::string endless = hello;
    for (int i = 0; i < 10; ++i)
        endless += "16030300040b000000";
    CHECK(fake_tls_reply_size(unhex(endless)).error() == errc::too_large);
}
