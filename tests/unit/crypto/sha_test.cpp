// Digests against published values, and the batch against the one-shot.
#include "crypto/sha.hpp"

#include "crypto/seeded_random.hpp"
#include "unit/crypto/hex.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace mtproto;
using namespace mtproto::crypto;
using test::hex;
using test::unhex;

namespace {

// tdlib/td tdutils/test/crypto.cpp: the inputs of its digests
std::string input(int number) {
    const char* const texts[] = {"", "1", "short test string"};
    return number < 3 ? texts[number] : std::string(1'000'000, 'a');
}

}  // namespace

TEST_CASE("SHA-1 gives the published digests") {
    // tdlib/td tdutils/test/crypto.cpp, sha1
    const char* const expected[] = {
        "da39a3ee5e6b4b0d3255bfef95601890afd80709", "356a192b7913b04c54574d18c28d46e6395428ab",
        "b91cac430a1ac74a4d25e042dfece9433272d6b0", "34aa973cd4c4daa4f61eeb2bdbad27316534016f"};
    for (int i = 0; i < 4; ++i)
        CHECK(hex(sha1(as_bytes(input(i)))) == expected[i]);
    // mtcute/mtcute packages/core/src/utils/crypto/crypto.test-utils.ts
    CHECK(hex(sha1(as_bytes("hello"))) == "aaf4c61ddcc5e8a2dabede0f3b482cd9aea9434d");
    CHECK(hex(sha1(unhex("aebb1f"))) == "62849d15c5dea495916c5eea8dba5f9551288850");
}

TEST_CASE("SHA-256 gives the published digests, by every engine") {
    // tdlib/td tdutils/test/crypto.cpp, sha256
    const char* const expected[] = {"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
                                    "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
                                    "c8f31a63b43c3ca3f00acc3ae149c30f99a145c8adb84260ccb64cbebd0ef296",
                                    "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"};
    for (int i = 0; i < 4; ++i) {
        const std::string text = input(i);
        CHECK(hex(sha256(as_bytes(text))) == expected[i]);
        for (const engine how : {engine::best, engine::portable}) {
            sha256_job job{{}, as_bytes(text), {}};
            sha256_batch({&job, 1}, how);
            CHECK(hex(job.digest) == expected[i]);
        }
    }
    // mtcute/mtcute packages/core/src/utils/crypto/crypto.test-utils.ts
    CHECK(hex(sha256(unhex("aebb1f"))) == "2d29658aba48f2b286fe8bbddb931b7ad297e5adb5b9a6fc3aab67ef7fbf4e80");
}

TEST_CASE("a digest of parts is the digest of their sum") {
    const auto whole = as_bytes("abcdefgh");
    CHECK(sha1({whole.first(3), whole.subspan(3)}) == sha1(whole));
    CHECK(sha256({whole.first(1), {}, whole.subspan(1)}) == sha256(whole));
}

TEST_CASE("HMAC-SHA-256 gives the published values") {
    // mtcute/mtcute packages/core/src/utils/crypto/crypto.test-utils.ts
    const auto key = unhex("aaeeff");
    CHECK(hex(hmac_sha256(key, {})) == "642711307c9e4437df09d6ebaa6bdc1b3a810c7f15c50fd1d0f8d7d5490f44dd");
    CHECK(hex(hmac_sha256(key, {as_bytes("hel"), as_bytes("lo")})) ==
          "39b00bab151f9868e6501655c580b5542954711181243474d46b894703b1c1c2");
    CHECK(hex(hmac_sha256(key, {unhex("aebb1f")})) ==
          "a3a7273871808711cab17aba14f58e96f63f3ccfc5097d206f0f00ead2c3dd35");
    // tdlib/td tdutils/test/crypto.cpp, hmac_sha256, with the key "cucumber"
    CHECK(hex(hmac_sha256(as_bytes("cucumber"), {as_bytes(input(3))})) ==
          "9a8dda8539322ca7e8428600d2ceef45950bb87fbebeac05243d14e67f471f0d");
    // RFC 4231, case 6: a key longer than a block
    const std::string long_key(131, '\xaa');
    CHECK(hex(hmac_sha256(as_bytes(long_key),
                          {as_bytes("Test Using Larger Than Block-Size Key - Hash Key First")})) ==
          "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}

TEST_CASE("PBKDF2 with SHA-512 gives the published key") {
    // mtcute/mtcute packages/core/src/utils/crypto/crypto.test-utils.ts
    std::array<std::byte, 64> key;
    pbkdf2_sha512(as_bytes("pbkdf2 test"), as_bytes("some salt"), 10, key);
    CHECK(hex(key) ==
          "e43276cfa27f135f261cec8ddcf593fd74ec251038e459c165461f2308f3a723"
          "5e0744ee1aed9710b00db28d1a2112e20fea3601c60e770ac57ffe6b33ca8be1");
}

TEST_CASE("PBKDF2 with SHA-1 and SHA-256 gives the published keys, and takes an empty password") {
    std::array<std::byte, 20> key;
    pbkdf2_sha1(as_bytes("password"), as_bytes("salt"), 4096, key);  // RFC 6070
    CHECK(hex(key) == "4b007901b765489abead49d926f721d065a429c1");
    pbkdf2_sha1({}, as_bytes("salt"), 4, key);  // by Python's hashlib
    CHECK(hex(key) == "49c9b4503692e6d97dd4dc009d25f0c3ba18f2c2");
    std::array<std::byte, 32> longer;
    pbkdf2_sha256(as_bytes("password"), as_bytes("salt"), 4096, longer);  // by Python's hashlib
    CHECK(hex(longer) == "c5e478d59288c841aa530db6845c4c8d962893a001ce4e11a4963873aa98134a");
}

TEST_CASE("SHA-512 and MD5 give the published values") {
    CHECK(hex(md5({as_bytes("abc")})) == "900150983cd24fb0d6963f7d28e17f72");  // RFC 1321
    CHECK(hex(sha512({as_bytes("a"), as_bytes("bc")})) ==                      // FIPS 180
          "ddaf35a193617abacc417349ae20413112e6fa4e89a97ea20a9eeee64b55d39a"
          "2192992a274fc1a836ba3c23a3feebbd454d4423643ce80e2a9ac94fa54ca49f");
}

TEST_CASE("an incremental digest does not depend on how the data is cut") {
    std::vector<std::byte> data(10'001);
    seeded_random random(7);
    random.fill(data);
    sha256_state state;
    for (byte_view rest = data; !rest.empty();) {
        const std::size_t step = std::min<std::size_t>(rest.size(), random.next_u32() % 300);
        state.update(rest.first(step));
        rest = rest.subspan(step);
    }
    sha256_state fork = state;
    CHECK(state.finish() == sha256(data));
    fork.update(as_bytes("more"));
    CHECK(fork.finish() == sha256({data, as_bytes("more")}));
    CHECK(state.finish() == sha256(byte_view{}));  // it started over
}

TEST_CASE("a batch of digests equals one-shot digests for every length, prefix and number of jobs") {
    seeded_random random(3);
    std::vector<std::byte> data(700);
    random.fill(data);
    for (const engine how : {engine::best, engine::portable}) {
        for (const std::size_t prefix : {0, 1, 31, 32, 63}) {
            std::vector<sha256_job> jobs;
            for (std::size_t size = 0; size < 300; ++size)
                jobs.push_back({byte_view(data).last(prefix), byte_view(data).subspan(size % 7, size), {}});
            sha256_batch(jobs, how);
            for (const sha256_job& job : jobs)
                REQUIRE(job.digest == sha256({job.prefix, job.data}));
        }
        for (std::size_t count = 0; count < 10; ++count) {
            std::vector<sha256_job> jobs(count);
            for (sha256_job& job : jobs)
                job.data = byte_view(data).first(random.next_u32() % data.size());
            sha256_batch(jobs, how);
            for (const sha256_job& job : jobs)
                REQUIRE(job.digest == sha256(job.data));
        }
    }
}
