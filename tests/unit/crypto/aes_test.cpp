// AES-256 in IGE and CTR mode against published values; the engines and the batch against each other.
#include "crypto/aes_ctr.hpp"
#include "crypto/aes_ige.hpp"
#include "crypto/ige_sha256.hpp"
#include "crypto/seeded_random.hpp"
#include "unit/crypto/hex.hpp"

#include <doctest/doctest.h>

#include <algorithm>

using namespace mtproto;
using namespace mtproto::crypto;
using test::hex;
using test::unhex;

namespace {

constexpr engine engines[] = {engine::best, engine::ni, engine::portable};

ige_key key_of(byte_view key, byte_view iv) {
    return {secret<32>(key.first<32>()), secret<32>(iv.first<32>())};
}

std::vector<std::byte> encrypted(byte_view plain, const ige_key& key, engine how) {
    std::vector<std::byte> out(plain.size());
    aes_ige_encrypt(plain, out, key, how);
    return out;
}
std::vector<std::byte> decrypted(byte_view cipher, const ige_key& key, engine how) {
    std::vector<std::byte> out(cipher.size());
    aes_ige_decrypt(cipher, out, key, how);
    return out;
}

// The generator of tdlib/td tdutils/test/crypto.cpp
struct td_random {
    std::uint32_t seed;
    void fill(byte_span out) {
        for (std::byte& b : out) {
            seed = seed * 123457567u + 987651241u;
            b = static_cast<std::byte>(seed >> 23 & 255);
        }
    }
};

// CRC-32, by which TDLib's tests compare long texts
std::uint32_t crc(byte_view data) {
    static const auto table = [] {
        std::array<std::uint32_t, 256> made;
        for (std::uint32_t i = 0; i < made.size(); ++i) {
            std::uint32_t value = i;
            for (int bit = 0; bit < 8; ++bit)
                value = (value & 1) != 0 ? value >> 1 ^ 0xedb88320 : value >> 1;
            made[i] = value;
        }
        return made;
    }();
    std::uint32_t value = 0xffffffff;
    for (const std::byte b : data)
        value = value >> 8 ^ table[(value ^ std::to_integer<std::uint32_t>(b)) & 0xff];
    return ~value;
}

}  // namespace

TEST_CASE("IGE gives the published ciphertexts") {
    for (const engine how : engines) {
        // mtcute/mtcute packages/core/src/utils/crypto/crypto.test-utils.ts (OpenSSL's own IGE vector)
        const ige_key key = key_of(unhex("5468697320697320616E20696D706C655468697320697320616E20696D706C65"),
                                   unhex("6D656E746174696F6E206F6620494745206D6F646520666F72204F70656E5353"));
        const auto plain = unhex("99706487a1cde613bc6de0b6f24b1c7aa448c8b9c3403e3467a8cad89340f53b");
        const auto cipher = unhex("792ea8ae577b1a66cb3bd92679b8030ca54ee631976bd3a04547fdcb4639fa69");
        CHECK(hex(encrypted(plain, key, how)) == hex(cipher));
        CHECK(hex(decrypted(cipher, key, how)) == hex(plain));

        // Lonami/grammers grammers-crypto/src/lib.rs: key, iv and text all 0, 1, 2 ... 31
        const auto count = test::counting<32>();
        const ige_key same = key_of(count, count);
        CHECK(hex(encrypted(count, same, how)) ==
              "e28112a53e5c89c7b1ea8071c133699fd4e86b26c4bac9fc5af1ab8ce27a44a4");
        CHECK(hex(decrypted(count, same, how)) ==
              "e5777afacd7b2c16f7ac40cae61ef603fee6098fb8a8860ab9ee672cd7e5bacc");
    }
}

TEST_CASE("IGE gives the checksums of a long pseudo-random text") {
    // tdlib/td tdutils/test/crypto.cpp, AesIgeState
    const std::size_t sizes[] = {0, 16, 32, 256, 1024, 65536};
    const std::uint32_t expected[] = {0u, 2045698207u, 2423540300u, 525522475u, 1545267325u, 724143417u};
    for (int i = 0; i < 6; ++i) {
        std::vector<std::byte> plain(sizes[i]);
        ige_key key;
        td_random random{static_cast<std::uint32_t>(sizes[i])};
        random.fill(plain);
        random.fill(key.key.span());
        random.fill(key.iv.span());
        for (const engine how : engines) {
            const auto cipher = encrypted(plain, key, how);
            CHECK(crc(cipher) == expected[i]);
            CHECK(decrypted(cipher, key, how) == plain);
        }
    }
}

TEST_CASE("IGE works in place and on data of any alignment") {
    seeded_random random(5);
    std::vector<std::byte> memory(16 * 9 + 16);
    random.fill(memory);
    ige_key key;
    random.fill(key.key.span());
    random.fill(key.iv.span());
    for (std::size_t shift = 0; shift < 16; ++shift) {
        auto copy = memory;
        const byte_span data = byte_span(copy).subspan(shift, 16 * 9);
        const auto expected = encrypted(data, key, engine::portable);
        aes_ige_encrypt(data, data, key);
        REQUIRE(std::equal(data.begin(), data.end(), expected.begin()));
        aes_ige_decrypt(data, data, key);
        REQUIRE(copy == memory);
    }
}

TEST_CASE("a batch of IGE streams equals each stream alone, for any number and any lengths") {
    seeded_random random(11);
    for (const engine how : engines) {
        for (std::size_t count = 0; count <= 20; ++count) {
            std::vector<std::vector<std::byte>> plain(count);
            std::vector<ige_key> keys(count);
            for (std::size_t i = 0; i < count; ++i) {
                plain[i].resize(16 * (random.next_u32() % 40));  // empty ones too
                random.fill(plain[i]);
                random.fill(keys[i].key.span());
                random.fill(keys[i].iv.span());
            }
            auto worked = plain;
            std::vector<ige_job> jobs;
            for (std::size_t i = 0; i < count; ++i)
                jobs.push_back({worked[i], &keys[i]});
            aes_ige_encrypt_batch(jobs, how);
            for (std::size_t i = 0; i < count; ++i)
                REQUIRE(worked[i] == encrypted(plain[i], keys[i], engine::portable));
            aes_ige_decrypt_batch(jobs, how);
            REQUIRE(worked == plain);
        }
    }
}

TEST_CASE(
    "decrypting and hashing as messages come equals one after the other, whatever the sizes and pieces") {
    seeded_random random(12);
    std::vector<std::byte> prefix(63);
    random.fill(prefix);
    for (const engine how : engines) {
        for (std::size_t round = 0; round < 80; ++round) {
            CAPTURE(round);
            const std::size_t count = round % 11;
            // Some too small for the loop, some large enough to visit it more than once.
            const std::uint32_t most_blocks = round % 2 == 0 ? 200 : 4000;
            std::vector<std::vector<std::byte>> cipher(count);
            std::vector<ige_key> keys(count);
            for (std::size_t i = 0; i < count; ++i) {
                cipher[i].resize(std::size_t{16} * (random.next_u32() % most_blocks));
                random.fill(cipher[i]);
                random.fill(keys[i].key.span());
                random.fill(keys[i].iv.span());
            }
            auto worked = cipher;
            std::vector<ige_sha256_stream> streams;
            std::vector<byte_view> prefixes;
            for (std::size_t i = 0; i < count; ++i) {
                prefixes.push_back(byte_view(prefix).first(round % 5 == 0 ? random.next_u32() % 64 : 32));
                streams.emplace_back(worked[i], keys[i], prefixes[i]);
            }
            std::vector<ige_sha256_stream*> all;
            for (ige_sha256_stream& each : streams)
                all.push_back(&each);

            std::vector<std::size_t> here(count, 0);
            const bool at_once = round % 4 == 0;
            for (bool whole = false; !whole;) {
                whole = true;
                for (std::size_t i = 0; i < count; ++i) {
                    const std::size_t left = cipher[i].size() - here[i];
                    here[i] += at_once ? left : std::min<std::size_t>(left, random.next_u32() % 9000);
                    streams[i].received(here[i]);
                    whole = whole && here[i] == cipher[i].size();
                }
                ige_sha256_advance(all, how);
                for (std::size_t i = 0; i < count; ++i) {
                    const auto to_come = static_cast<std::ptrdiff_t>(here[i]);
                    REQUIRE(std::equal(cipher[i].begin() + to_come, cipher[i].end(),
                                       worked[i].begin() + to_come));
                }
            }
            for (std::size_t i = 0; i < count; ++i) {
                REQUIRE(worked[i] == decrypted(cipher[i], keys[i], engine::portable));
                REQUIRE(streams[i].digest() == sha256({prefixes[i], worked[i]}));
            }
        }
    }
}

TEST_CASE("messages that still come are only taken along") {
    seeded_random random(13);
    ige_key key;
    std::vector<std::vector<std::byte>> data(4, std::vector<std::byte>(std::size_t{64} * 1024));
    const auto before = data;
    std::vector<ige_sha256_stream> streams;
    for (auto& each : data)
        streams.emplace_back(each, key, byte_view{});
    ige_sha256_stream* const all[] = {&streams[0], &streams[1], &streams[2], &streams[3]};
    for (std::size_t i = 0; i < 3; ++i)
        streams[i].received(std::size_t{32} * 1024);
    ige_sha256_advance(all);
    CHECK(data == before);  // three alone are not worth it
    streams[3].received(data[3].size());
    ige_sha256_advance(all);
    CHECK(data[3] == decrypted(before[3], key, engine::portable));
}

TEST_CASE("CTR goes on across calls as published") {
    // mtcute/mtcute packages/core/src/utils/crypto/crypto.test-utils.ts
    const auto key =
        test::unhex_array<32>("d450aae0bf0060a4af1044886b42a13f7c506b35255d134a7e87ab3f23a9493b");
    const auto iv = test::unhex_array<16>("0182de2bd789c295c3c6c875c5e9e190");
    aes_ctr cipher(key, iv);
    for (const char* expected : {"df5647dbb70bc393f2fb05b72f42286f", "3917147082672516b3177150129bc579",
                                 "2a7a9089270a5de45d5e3dd399cac725", "56d085217771398ac13583de4d677dd8",
                                 "cc639b488126cf36e79c4515e8012b92", "01384d100646cd562cc5586ec3f8f8c4"}) {
        auto data = unhex("7baae571e4c2f4cfadb1931d5923aca7");
        cipher.apply(data);
        CHECK(hex(data) == expected);
    }
}

TEST_CASE("CTR gives the checksums of a long text however it is cut, also when the counter overflows") {
    // tdlib/td tdutils/test/crypto.cpp, AesCtrState
    const std::uint32_t sizes[] = {0, 1, 31, 32, 33, 9999, 10000, 10001, 999999, 1000001};
    const std::uint32_t expected[] = {0u,         1141589763u, 596296607u,  3673001485u, 2302125528u,
                                      330967191u, 2047392231u, 3537459563u, 307747798u,  2149598133u};
    const std::uint32_t overflowing[] = {0u,         2053451992u, 1384063362u, 3266188502u, 2893295118u,
                                         780356167u, 1904947434u, 2043402406u, 472080809u,  1807109488u};
    for (int i = 0; i < 10; ++i) {
        std::vector<std::byte> plain(sizes[i]);
        std::array<std::byte, 32> key;
        std::array<std::byte, 16> iv;
        td_random random{sizes[i]};
        random.fill(plain);
        random.fill(key);
        random.fill(iv);
        seeded_random cuts(sizes[i]);
        const auto in_pieces = [&](std::vector<std::byte> data) {
            aes_ctr cipher(key, iv);
            for (byte_span rest = data; !rest.empty();) {
                const std::size_t step = std::min<std::size_t>(rest.size(), cuts.next_u32() % 5000);
                cipher.apply(rest.first(step));
                rest = rest.subspan(step);
            }
            return data;
        };
        const auto cipher = in_pieces(plain);
        CHECK(crc(cipher) == expected[i]);
        CHECK(in_pieces(cipher) == plain);
        iv.fill(std::byte{0xff});
        CHECK(crc(in_pieces(plain)) == overflowing[i]);
    }
}

TEST_CASE("CTR may be entered at any offset, past 4 GiB and across the counter's carry") {
    const auto key = test::counting<32>();
    auto iv = test::counting<16>();
    iv.fill(std::byte{0xff});
    iv[0] = std::byte{0};
    std::vector<std::byte> stream(400);
    aes_ctr(key, iv).apply(stream);
    aes_ctr cipher(key, iv);
    for (const std::size_t offset : {0, 1, 15, 16, 17, 255, 399, 3}) {
        std::vector<std::byte> part(400 - offset);
        cipher.seek(static_cast<std::int64_t>(offset));
        cipher.apply(part);
        CHECK(std::equal(part.begin(), part.end(), stream.begin() + static_cast<std::ptrdiff_t>(offset)));
    }
    // Protocol 8.3: the last four bytes of a CDN file's iv hold BE32(offset / 16), the rest stays.
    iv.fill(std::byte{7});
    for (std::size_t i = 12; i < 16; ++i)
        iv[i] = std::byte{0};
    const std::int64_t far = 5'000'000'000;  // past 4 GiB, a multiple of 16
    auto counted = iv;
    for (int i = 0; i < 4; ++i)
        counted[15 - static_cast<std::size_t>(i)] = static_cast<std::byte>(far / 16 >> 8 * i & 255);
    std::vector<std::byte> here(64), there(64);
    aes_ctr sought(key, iv);
    sought.seek(far);
    sought.apply(here);
    aes_ctr(key, counted).apply(there);
    CHECK(here == there);
}
