// The obfuscated transport's header and streams, and the published values of it.
#include "wire/obfuscated.hpp"

#include "streams.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::wire;
using test::hex;
using test::unhex;

namespace {

std::string repeated(std::string_view text, std::size_t times) {
    std::string made;
    while (times-- > 0)
        made += text;
    return made;
}

obfuscation_offer offer(const std::vector<std::byte>& random, framing kind, dc_mark where,
                        const proxy_key* key) {
    crypto::scripted_random script(random);
    return offer_obfuscation(kind, where, key, script);
}

proxy_key key_of(std::string_view text) {
    return proxy_key(std::span<const std::byte, proxy_key_size>(test::unhex_array<16>(text)));
}

}  // namespace

TEST_CASE("protocol 1.7: headers of all ones (mtcute, network/transports/obfuscated.test.ts)") {
    const auto ones = unhex(repeated("ff", 64));
    const auto end_of = [&](dc_mark where, const proxy_key* key) {
        const obfuscation_offer made = offer(ones, framing::intermediate, where, key);
        CHECK(hex(byte_view(made.header).first(56)) == repeated("ff", 56));
        return hex(byte_view(made.header).subspan(56));
    };
    // mtcute leaves the data centre's bytes as they were drawn without a proxy: ffff is -1.
    CHECK(end_of({1, false, true}, nullptr) == "fce8ab2203db2bff");
    const proxy_key zeros;
    CHECK(end_of({1, false, false}, &zeros) == "ecec4cbda8bb188b");
    CHECK(end_of({1, true, false}, &zeros) == "ecec4cbdb89c188b");
    CHECK(end_of({1, false, true}, &zeros) == "ecec4cbd5644188b");
}

TEST_CASE("protocol 1.7: a header and the first bytes of its streams (gotd/td, mtproxy/obfuscated2)") {
    const auto random = unhex(
        "f5768f50b731260a46be1027c2eeaa39350624f0b6da59eba56c81fe4510c2e0"
        "b61d3dd323ee02388633e3837a0c1c24fa6f29ccd724be6f416ff7b026f6cce6");
    const proxy_key key = key_of("8a96ef6e42a18c21837580cd1c91c5a8");
    obfuscation_offer made = offer(random, framing::padded_intermediate, {2}, &key);
    CHECK(hex(byte_view(made.header).first(56)) == hex(byte_view(random).first(56)));
    CHECK(hex(byte_view(made.header).subspan(56)) == "bea2dde16dc59dd2");
    auto data = unhex("61626364");
    made.ciphers.send.apply(data);
    CHECK(hex(data) == "ca7a8226");
    data = unhex("61626364");
    made.ciphers.receive.apply(data);
    CHECK(hex(data) == "8f711982");
}

TEST_CASE("protocol 1.7: what would look like another protocol is drawn again") {
    for (const char* beginning : {"ef", "48454144", "504f5354", "47455420", "4f505449", "16030102",
                                  "dddddddd", "eeeeeeee", "0123456700000000"}) {
        CAPTURE(beginning);
        auto random = unhex(beginning);
        random.resize(64, std::byte{0xff});
        const auto second = unhex(repeated("a5", 64));
        test::append(random, second);
        const obfuscation_offer made = offer(random, framing::intermediate, {2}, nullptr);
        CHECK(hex(byte_view(made.header).first(56)) == repeated("a5", 56));
    }
}

TEST_CASE(
    "protocol 1.7: a server reads each framing and data centre out of the header, and both streams go on") {
    crypto::seeded_random random(1);
    const proxy_key key = key_of("00112233445566778899aabbccddeeff");
    for (const framing kind : {framing::abridged, framing::intermediate, framing::padded_intermediate}) {
        for (const proxy_key* with : {static_cast<const proxy_key*>(nullptr), &key}) {
            for (const dc_mark where :
                 {dc_mark{2}, dc_mark{4, false, true}, dc_mark{1, true, false}, dc_mark{3, true, true}}) {
                obfuscation_offer client = offer_obfuscation(kind, where, with, random);
                auto server = accept_obfuscation(client.header, with);
                REQUIRE(server);
                CHECK(server->kind == kind);
                CHECK(server->mark == where);
                for (std::size_t size : {1, 15, 16, 17, 1000}) {
                    const auto sent = test::random_bytes(random, size);
                    auto data = sent;
                    client.ciphers.send.apply(data);
                    if (size > 1) CHECK(data != sent);
                    server->ciphers.receive.apply(data);
                    CHECK(data == sent);
                    server->ciphers.send.apply(data);
                    client.ciphers.receive.apply(data);
                    CHECK(data == sent);
                }
            }
        }
    }
}

TEST_CASE("protocol 1.7: another secret, or none, names no framing") {
    crypto::seeded_random random(2);
    const proxy_key key = key_of("00112233445566778899aabbccddeeff");
    const proxy_key other = key_of("00112233445566778899aabbccddeefe");
    const obfuscation_offer made = offer_obfuscation(framing::intermediate, {2}, &key, random);
    CHECK(accept_obfuscation(made.header, &other).error() == errc::malformed);
    CHECK(accept_obfuscation(made.header, nullptr).error() == errc::malformed);
    CHECK(accept_obfuscation(made.header, &key));
    CHECK_FALSE(can_be_obfuscated(framing::full));
}

TEST_CASE("protocol 1.7: an obfuscated stream is no plain framing to a server") {
    crypto::seeded_random random(3);
    for (int i = 0; i < 1000; ++i) {
        const obfuscation_offer made = offer_obfuscation(framing::abridged, {2}, nullptr, random);
        const auto found = detect_transport(made.header);
        REQUIRE(found);
        REQUIRE_FALSE(found->kind);
    }
}

TEST_CASE("protocol 1.7: the data centre's number with its marks") {
    CHECK(dc_mark{2}.number() == 2);
    CHECK(dc_mark{2, false, true}.number() == -2);
    CHECK(dc_mark{2, true, false}.number() == 10002);
    CHECK(dc_mark{2, true, true}.number() == -10002);
    for (int number = -32768; number <= 32767; ++number) {
        const dc_mark read = dc_mark::from(static_cast<std::int16_t>(number));
        CHECK(read.dc >= 0);
    }
    CHECK(dc_mark::from(-10004) == dc_mark{4, true, true});
}
