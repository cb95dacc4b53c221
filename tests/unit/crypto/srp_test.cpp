// Two-step verification against published exchanges, and both sides against each other.
#include "crypto/srp.hpp"

#include "crypto/seeded_random.hpp"
#include "crypto/sha.hpp"
#include "unit/crypto/hex.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::crypto;
using test::hex;
using test::unhex;

namespace {

// A group by hexadecimal salts, which outlive it.
struct group_data {
    std::vector<std::byte> salt1, salt2;
    std::int32_t g = telegram_dh_g;
    std::vector<std::byte> p{telegram_dh_prime().begin(), telegram_dh_prime().end()};

    group_data(std::string_view first, std::string_view second) : salt1(unhex(first)), salt2(unhex(second)) {}
    srp_group group() const { return {salt1, salt2, g, p}; }
};

// mtcute/mtcute packages/core/src/utils/crypto/password.test.ts. Its second test puts 32 bytes of entropy
// behind the recorded salt1, which the third then goes on with: both expected values hold for that longer
// salt.
group_data mtcute_data() {
    return {
        "9b3accc457c0d5288e8cff31eb21094048bc11902f6614dbb9afb839ee7641c37619537d8ebe749e"
        "29afd26df40fb8ed10b6b4ad6d56ef5df9453f88e6ee6adb6e0544ba635dc6a8",
        "6c619bb0786dc4ed1bf211d23f6e4065"};
}
constexpr std::string_view mtcute_b =
    "1476a7b5991d7f028bbee33b3455cad3f2cd0eb3737409fcce92fa7d4cd5c733ec6d2cb3454e587d4c17eda2fd7ef9a57327"
    "215f38292cc8bd5dc77d3e1d31cddae2652f8347c4b0093f7c78242f70e6cc13137ee7acc257a49855a63113db8f163992b9"
    "101551f3b6f7eb5d196cee3647c359553b1bcbe82ba8933c0fb1ac350243c535b8e634613e1f626ba8a6d141ef957c859e71"
    "a117b557c0298bfbb107c91f71f5b4275fded58289aa1e87c612f44b7aa0b5e0de7def4458f58db80019d2e7b181eb66dc27"
    "0374af2d160dd0c53edd677b2701694d71ea8718c49df6a9dbe2cbae051ffc1986336cd26f11a8ab426dfe0813d7b3f4eedf"
    "4e34182ccc3a";
// The first 256 bytes of the entropy of mtcute's tests, packages/core/src/utils/crypto/crypto.test-utils.ts
constexpr std::string_view mtcute_entropy =
    "29afd26df40fb8ed10b6b4ad6d56ef5df9453f88e6ee6adb6e0544ba635dc6a8a990c9b8b980c343936b33fa7f97bae02510"
    "2532233abb269c489920ef99021b259ce3a2c964c5c8972b4a84ff96f3375a94b535a9468f2896e2080ac7a32ed58e910474"
    "a4b02415e07671cbb5bdd58a5dd26fd137c4c98b8c346571fae6ead39dfd612bd6b480b6723433f5218e9d6e271591153fb3"
    "ffefc089f7e848d3f4633459fff66b33cf939e5655813149fa34be8625f9bc4814d1ee6cf40e4d0de2291aa22e68c8ad8cc6"
    "98103734f9aaf79f2bdc052a787a7a9b3629d1ed38750f88cb0481c0ba30a9c611672f9a4d1dc02637abb4e98913ee810a3b"
    "152d3d75f25d";

}  // namespace

TEST_CASE("login 7.2 the proof of mtcute's recorded exchange") {
    const group_data data = mtcute_data();
    const auto entropy = unhex(mtcute_entropy);
    scripted_random random(entropy);
    const auto proof = srp_prove(data.group(), unhex(mtcute_b), "qwe123", random);
    REQUIRE(proof);
    CHECK(
        hex(proof->a_public) ==
        "363976f55edb57cc5cc0c4aaca9b7539eff98a43a93fa84be34860d18ac3a80fffd57c4617896ff667677d0552a079eb189d"
        "25d147ec96edd4495c946a18652d31d78eede40a8b29da340c19b32ccac78f8482406e392102c03d850d1db872232c144bfa"
        "cadb58856971aafb70ca3aac4efa7f73977ddc50dfc0a2c76c0ac950728d58b8480fa89c701703855148fadd885aaf1ca313"
        "ae3a3b2942de58a9a6fb9e3e65c7ac7a1b7f4e6aa4742b957f81927bd8cc761b76f90229dec34d6f15d34fa454aa69d9219d"
        "9c5fa3625f5c6f1ac03892a70aa17269c76cd9bf2949a961fad2a71e5fa961824b32db037130c7e9aad4c1e9f02ebc5b8326"
        "22f98b59597e");
    CHECK(hex(proof->m1) == "25a91b21c634ad670a144165a9829192d152e131a716f676abc48cd817f508c6");
}

TEST_CASE("login 7.2 the proof of grammers' recorded exchange") {
    // Lonami/grammers grammers-crypto/src/two_factor_auth.rs, check_calculations_2
    const group_data data("5f483c38bd0986e7cdc95ae138ef4f49b951c1f81c713fecdef3af692cec4b4716ac9b770a195ebe",
                          "b616fc6bbedf511119c5ed34629527f1");
    const auto a = unhex(
        "bf31574f34fce1e53891c59b7f62468a0ca682da8585df8de0a18873359755fbb1818878a9ee919bb1e94d20c5f0607e02a3"
        "3176199bf3220256c9ea1a69f395a515d20539d88cda750a5252fb864f573f2b032f3b467d08b34fd9c89d1c5d06278e113e"
        "51d4e893c1c027455af4653f096607a4156d94fb8e1dc7cee5bfe32850982f941ae4414e83bf22df56270b43b7ccc44c26d4"
        "0886464da8e344a8540795b8f69b8f508552a723cd6931e1d69204e8e9dc056f0a2a10a0d7951e355f3edef5a5e18a909129"
        "5a51eb9db10b8b0d30489c8d29bc0cd86e97781f5e30c5b6bfe7caf4aae81b282e653ac48aa1a8fde789722bc04f4320cd9f"
        "86849fe05ca4");
    const auto b = unhex(
        "93f70ebd50f6426aca2568769599f91f24d01284cc51a449e62dcc1527dfe50126b2aa44238e4fb2331419ed4aebf1a0ae15"
        "e03abd18bfc52ca6baec564c13b5a1d2e357799897757bb736fdc2ceb1b56aacf19ab3548d6d922a522f0b51f40124c3bc99"
        "36aff3e1dcfbea39ac9ad2addc6af0ad30783278bbb84cab0ed8464b0ffeb2b0c93a39a5d97dba0105672ca5475373d8d23e"
        "54a6ac9bed9519e8bef4f00719f5ad56151be5537648df2f8e3e7265cb57fb94a054ce2a82b8cc664ad060e0d6c6df187934"
        "5440eb977fa0f2d36f31a253d8917732f133d40033a34b6152969b600d59cdabfea2ab2393ad659e56d66e13605b1f61e48e"
        "3cd65c0f58ac");
    scripted_random random(a);
    const auto proof = srp_prove(data.group(), b, "234567", random);
    REQUIRE(proof);
    CHECK(hex(proof->m1) == "4d7af412c5a2e7b15467376bd118b853604e687b31f51c4980c4d7c1876613e3");
    CHECK(
        hex(proof->a_public) ==
        "0fa12bc655b1187a28296a69ae565d682782e0ceb05a089c0c41c1dce983dc7f4a53434ea78e065d9e1cb60e427b4468a478"
        "0609feba2f55654ee2efe0aeb72edafde2652e26ed5b4d4baad9d2a381806af63416bf6263df45a43d85be5401bc223ebfac"
        "09421caddd7e260bd6b86542133c048d6cd54b38d8e2ccdf6b550e875b1353a4acfe3292ffb56a0f58b2a39027c9bfdd91fd"
        "4c531d23c77d6e8f7d583eaeea316dedded69935296ce7ea34e9be6ef2fbd829eac4c9bd646dc1563e47f77b91431ca002cf"
        "79fc149d968272835c15ca1c6b2c5e03712a2e1b5d52f5e4faa1c16cb177fafd96a6aa5b4b3f4c649915644b63855cfb3856"
        "1ff17fedfb8a");
}

TEST_CASE("login 7.2 the calculation in grammers' tiny group") {
    // Lonami/grammers grammers-crypto/src/two_factor_auth.rs, check_calculations_1: p = 47, B = 5, a = 6
    group_data data("01", "02");
    data.p.assign(dh_size, std::byte{0});
    data.p.back() = std::byte{47};
    dh_number b{};
    b.back() = std::byte{5};
    secret<dh_size> a;
    a.span().back() = std::byte{6};
    const srp_proof proof = srp_compute(data.group(), b, "\x07", a);
    CHECK(hex(proof.m1) == "9d83c46700b874e807c455e711241ede9eea62583b3847d7b77b7a32132036ce");
    CHECK(hex(proof.a_public) == std::string(510, '0') + "18");
}

TEST_CASE("login 7.2 verifiers that other clients made") {
    const group_data mtcute = mtcute_data();
    CHECK(
        hex(*srp_verifier(mtcute.group(), "123qwe")) ==
        "2540539ceeffd4543cd845bf319b8392e6b17bf7cf26bafcf6282ce9ae7953684ff49469c2863b17e6d65ddb16ae6f60bc07"
        "cc254c00e5ba389292f6cea0b3aac459d1d08984d65319df8c5d124042169bbe2ab8c0c93bc7178827f2ea84e7c3a4f26600"
        "99fb6a4c38984c914283d3015278369521a4b81ecf927669b8c89746ef49ec7b019af7f3addc746362f298d96409bef4677b"
        "9c3d8e5b5afe7a44c0bc130ebc7a79b5d5980966d88d3d9eba511b101b0703abd86df7410cd120edad122a7a3ccad92d906d"
        "bf6f43bba13555bafb626b45551275f3626a4ae26a14908d38d640680e501f52bd08a0e3ff9d9185eebdae890c167459449b"
        "2c205b3ecde4");
    // gotd/td crypto/srp/new_hash_test.go: zeros in place of the random bytes
    const group_data gotd("e6c8957ddf988d480000000000000000000000000000000000000000000000000000000000000000",
                          "9f6344822b096cff87efa426f57857b6");
    CHECK(
        hex(*srp_verifier(gotd.group(), "newPassword")) ==
        "186ac18dcc5790bf6bba21bd958d375ee5481af0029e9bd7a9c68ec926bd5196d81f8cd8b58ee06c8a10adeacc7f56e819ff"
        "514825deb15b1fadec6aae17a244cb23488d17349cd4261a8ba4da7b9c2ce5c40014dd9e362750acf3ac89b8b8f5c618f0b6"
        "a572c38fff3a554d8818a0b8e7b6015e1836128a1e4e2d5cf9971d1dd048aa181d861152eae71553962680632387b89ac186"
        "5fded7c8c3daa64ed38dc25036663fa0cf7748c52ea19c187e70a752a8053e409d4894218a429393d03382e41e50b7415b3b"
        "8ad092fd0790f88d894e84dca78f47f4218937d7aa99d88c87c09bcb8da890e535026623cea6fc8b3d25db70cb42aaa48323"
        "927d87a8fcf1");
}

TEST_CASE("login 7.2 a server accepts the right password and no other") {
    const group_data data = mtcute_data();
    seeded_random random(1);
    const auto verifier = srp_verifier(data.group(), "right");
    REQUIRE(verifier);
    const auto challenge = srp_challenge::make(data.group(), *verifier, random);
    REQUIRE(challenge);
    const auto right = srp_prove(data.group(), challenge->b_public(), "right", random);
    REQUIRE(right);
    CHECK(challenge->accepts(right->a_public, right->m1));
    auto forged = right->m1;
    forged[31] ^= std::byte{1};
    CHECK_FALSE(challenge->accepts(right->a_public, forged));
    CHECK_FALSE(challenge->accepts(right->a_public, byte_view(right->m1).first(31)));
    // A of 0 would make S = 0 whatever the password is.
    CHECK_FALSE(challenge->accepts(dh_number{}, right->m1));
    const auto wrong = srp_prove(data.group(), challenge->b_public(), "wrong", random);
    REQUIRE(wrong);
    CHECK_FALSE(challenge->accepts(wrong->a_public, wrong->m1));
}

TEST_CASE("login 7.2 a server refuses an A with which anybody could log in") {
    // With A = p, as with 0, S is 0 whatever the password is: M1 follows from what everybody knows.
    const group_data data = mtcute_data();
    seeded_random random(1);
    const auto verifier = srp_verifier(data.group(), "right");
    REQUIRE(verifier);
    const auto challenge = srp_challenge::make(data.group(), *verifier, random);
    REQUIRE(challenge);
    const srp_group group = data.group();
    sha256_digest mixed = sha256(group.p);
    dh_number g{};
    g.back() = static_cast<std::byte>(group.g);
    const sha256_digest g_hash = sha256(g);
    for (std::size_t i = 0; i < mixed.size(); ++i)
        mixed[i] ^= g_hash[i];
    const sha256_digest k = sha256(dh_number{});
    for (const dh_number& a : {dh_number{}, telegram_dh_prime()}) {
        const auto m1 =
            sha256({mixed, sha256(group.salt1), sha256(group.salt2), a, challenge->b_public(), k});
        CHECK_FALSE(challenge->accepts(a, m1));
    }
}

TEST_CASE("login 7.2 each proof has an A of its own, and none that is weak") {
    const group_data data = mtcute_data();
    seeded_random random(1);
    const auto one = srp_prove(data.group(), unhex(mtcute_b), "qwe123", random);
    const auto other = srp_prove(data.group(), unhex(mtcute_b), "qwe123", random);
    REQUIRE(one);
    REQUIRE(other);
    CHECK(hex(one->a_public) != hex(other->a_public));
    CHECK(check_dh_value(one->a_public, telegram_dh_prime()));
    // With a = 1 anybody who sees A = g knows a.
    struct draws_one final : random_source {
        void fill(byte_span out) override {
            std::fill(out.begin(), out.end(), std::byte{0});
            out.back() = std::byte{1};
        }
    } weak;
    CHECK_FALSE(srp_prove(data.group(), unhex(mtcute_b), "qwe123", weak));
}

TEST_CASE("login 7.2 a client refuses a bad group and a B out of range") {
    group_data data = mtcute_data();
    seeded_random random(1);
    const auto refused = [&](byte_view b) { return !srp_prove(data.group(), b, "qwe123", random); };
    CHECK(refused({}));                              // 0
    CHECK(refused(unhex("01")));                     // too small
    CHECK(refused(std::vector(247, std::byte{1})));  // 247 bytes
    CHECK(refused(telegram_dh_prime()));             // p itself
    CHECK(refused(std::vector(256, std::byte{255})));
    CHECK(refused(std::vector(257, std::byte{1})));
    data.g = 2;  // does not generate the subgroup of this p
    CHECK(refused(unhex(mtcute_b)));
    data.g = 3;
    data.p[100] ^= std::byte{4};  // not prime any more
    CHECK(refused(unhex(mtcute_b)));
    data.p.pop_back();
    CHECK(refused(unhex(mtcute_b)));
}
