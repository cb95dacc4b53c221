// What session files with a passphrase are made of: scrypt and AES-GCM, against published values.
#include "crypto/aes_gcm.hpp"
#include "crypto/scrypt.hpp"
#include "unit/crypto/hex.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::crypto;
using test::hex;
using test::unhex;
using test::unhex_array;

TEST_CASE("scrypt gives the keys of RFC 7914, section 12") {
    std::array<std::byte, 64> key{};
    CHECK(scrypt({}, {}, {16, 1, 1}, key));
    CHECK(hex(key) ==
          "77d6576238657b203b19ca42c18a0497f16b4844e3074ae8dfdffa3fede21442"
          "fcd0069ded0948f8326a753a0fc81f17e8d3e0fb2e0d3628cf35e20c38d18906");
    CHECK(scrypt(as_bytes("password"), as_bytes("NaCl"), {1024, 8, 16}, key));
    CHECK(hex(key) ==
          "fdbabe1c9d3472007856e7190d01e9fe7c6ad7cbc8237830e77376634b373162"
          "2eaf30d92e22a3886ff109279d9830dac727afb94a83ee6d8360cbdfa2cc0640");
    CHECK(scrypt(as_bytes("pleaseletmein"), as_bytes("SodiumChloride"), {16384, 8, 1}, key));
    CHECK(hex(key) ==
          "7023bdcb3afd7348461c06cd81fd38ebfda8fbba904f8e3ea9b543f6545da1f2"
          "d5432955613f0fcf62d49705242a9af9e61e85dc0d651e40dfcf017b45575887");
}

TEST_CASE("AES-256-GCM gives test case 16 of McGrew and Viega's specification") {
    const auto key = unhex_array<32>("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308");
    const auto nonce = unhex_array<12>("cafebabefacedbaddecaf888");
    const auto header = unhex("feedfacedeadbeeffeedfacedeadbeefabaddad2");
    const auto plain = unhex(
        "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
        "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39");
    auto data = plain;
    std::array<std::byte, gcm_tag_size> tag{};
    gcm_seal(key, nonce, header, data, tag);
    CHECK(hex(data) ==
          "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
          "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662");
    CHECK(hex(tag) == "76fc6ece0f4e1768cddf8853bb2d551b");
    const auto sealed = data;
    CHECK(gcm_open(key, nonce, header, data, tag));
    CHECK(data == plain);

    auto other_header = header;
    other_header.back() ^= std::byte{1};
    data = sealed;
    CHECK_FALSE(gcm_open(key, nonce, other_header, data, tag));
    CHECK(data == std::vector<std::byte>(sealed.size()));
    data = sealed;
    data.front() ^= std::byte{0x80};
    CHECK_FALSE(gcm_open(key, nonce, header, data, tag));
}
