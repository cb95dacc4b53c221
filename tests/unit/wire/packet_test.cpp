// What short packets mean, and the CRC of the full framing.
#include "wire/packet.hpp"

#include "base/endian.hpp"
#include "unit/crypto/hex.hpp"
#include "wire/crc32.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::wire;
using test::unhex;

namespace {

packet_class class_of(std::string_view text) {
    return classify(packet::copy(unhex(text)));
}

}  // namespace

TEST_CASE("transport 1.6 packets of less than 20 bytes are special") {
    for (const int code : {-404, -429, -444}) {
        const packet_class plain = classify(transport_error(code));
        CHECK(plain.kind == packet_kind::transport_error);
        CHECK(plain.code == code);
        // Padding stretches it to 19 bytes at most.
        std::vector<std::byte> padded(19, std::byte{0x77});
        store_le(padded.data(), code);
        CHECK(classify(packet::copy(padded)).code == code);
    }
    CHECK(class_of("00000000").kind == packet_kind::nop);
    CHECK(class_of("ffffffff78563412").kind == packet_kind::quick_ack);
    CHECK(class_of("ffffffff78563412").token == 0x12345678);
    CHECK(class_of("ffffffff").kind == packet_kind::transport_error);
    CHECK(class_of("").kind == packet_kind::malformed);
    CHECK(class_of("6cfeff").kind == packet_kind::malformed);
    CHECK(class_of("01000000").kind == packet_kind::malformed);
    CHECK(class_of(std::string(40, '0')).kind == packet_kind::message);
    CHECK(class_of(std::string(38, '0')).kind == packet_kind::nop);
}

TEST_CASE("a packet names its key by its first 8 bytes") {
    CHECK(key_id_of(packet::copy(unhex("0102030405060708ff"))) == 0x0807060504030201);
    CHECK(key_id_of(packet::copy(unhex("01"))) == 0);
}

TEST_CASE("CRC-32 gives the published values, in pieces too") {
    // tdlib/td tdutils/test/crypto.cpp, crc32
    CHECK(crc32(0, {}) == 0u);
    CHECK(crc32(0, as_bytes("1")) == 2212294583u);
    CHECK(crc32(0, as_bytes("short test string")) == 3013144151u);
    CHECK(crc32(0, as_bytes(std::string(1'000'000, 'a'))) == 3693461436u);
    const auto text = as_bytes("short test string");
    for (std::size_t cut = 0; cut <= text.size(); ++cut)
        CHECK(crc32(crc32(0, text.first(cut)), text.subspan(cut)) == 3013144151u);
}
