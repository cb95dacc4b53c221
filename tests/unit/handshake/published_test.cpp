// A recorded exchange with Telegram's test servers. Its values are those of the test
// `emulate_successful_auth_key_gen_flow` in Lonami/grammers, grammers-mtproto/src/authentication.rs.
#include "crypto/rsa.hpp"
#include "crypto/seeded_random.hpp"
#include "handshake/steps.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string_view>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;

namespace {

std::vector<std::byte> from_hex(std::string_view text) {
    const auto digit = [](char c) { return static_cast<unsigned>(c <= '9' ? c - '0' : c - 'a' + 10); };
    std::vector<std::byte> made;
    for (std::size_t i = 0; i + 1 < text.size(); i += 2)
        made.push_back(static_cast<std::byte>(digit(text[i]) << 4 | digit(text[i + 1])));
    return made;
}

constexpr std::string_view nonce = "4e44b426241e8b839153122d44585ac6";
constexpr std::string_view res_pq =
    "632416054e44b426241e8b839153122d44585ac665ba0b393e1094329eda2c42d62833030819546f942a11278d00000015c4b51c"
    "0300000003268d20df9858b2029f4ba16d109296216be86c022bb4c3";
constexpr std::string_view new_nonce = "b9dce68b05ef760fa7edfefeff45aaa8afbac11dc3d333bc3132fd16ab816d63";
// Up to the RSA block: the recorded one was made from inner data of an older form.
constexpr std::string_view req_dh_head =
    "bee412d74e44b426241e8b839153122d44585ac665ba0b393e1094329eda2c42d62833030444b2e50d000000045e63ac81000000"
    "03268d20df9858b2fe000100";
constexpr std::string_view dh_params =
    "5c07e8d04e44b426241e8b839153122d44585ac665ba0b393e1094329eda2c42d6283303fe500200fd064e91012ade621b26a48a"
    "c7dc8b2c8670ed67092a00fe8c936483e4b02822c3cc655aaffe00542e311df5abdaa645b1da85ca50a6c7b0e7cc7cb2b23d42c8"
    "4e288bb3b5cfe313e1ebafe19833916df4d1f58dba62e0ac49cac17a31b8b0d57d43eefda546d67e80e311c4b213adec9635c73f"
    "75a18ffb26fb71391523bd5ddfcc8be51b36d6b2552394c511ec935d53811a981baca62a2b58cbfe96f1b35e118e5e17456994ae"
    "a931839925c4578f281f3f129d28026ec80224617a9ca8c615a12fba9c53e774476567f07b01a59d2e6635e39c16dc0a54679f3b"
    "54b0482f1cbeac821147d93d7365f4e23fb5794eb5fd4ffdc6456638ea32f641f49ee705e7b0da71cb75753e2f4f80d5af07edb0"
    "17948f332e34a9c5886b0c86281e0e7228d5a652a9faaf819f7686c099186169aaa377c136fac57b69b7f7b383aaece652f8dcb1"
    "4e0dfb23e2a65330307a74c31c508cc504450fa208eee14d8bbead1c1f90ccfc183ae1d3345c62424ea3477776204e8fe69efbb6"
    "a27b168913d3babaca30aa1c9589d6655b2ad4cd59f67e9b3957ab3270d70afab9bd488a6c5f39ca739ca8947def00cdb8812152"
    "731710f5108235775a019d3b4986d6b720b05167b4ee731a10a29fc1e03c42e99d8ff5cf64f45070c2f5ce485ea5fddc281728b6"
    "e4d0dea561c9097e3f8a54b055b0c069a9f8207520f6429eb5225c985e3379f2cf6754f56d414fcd00d502e69223b911b915978e"
    "0890a9ef128715b828bf3fda3fee6c7b9b2621d971a6f7820f89f4c4c2ab29dec00007c3ec6cead64f7f5802d5e6a4a16a185cfb"
    "fced5351fa68380e";
// The exponent, and what the padding is taken from.
constexpr std::string_view step3_random =
    "8fc3605a4604cbb5461fdeff439c761150083cdd502550558e92c730d46c9caf0b1b2d64d2c264942c50d98694fff604fdd2bd87"
    "f2cafb719bc55e65a1f60b08809660a650721c40d56fc9c792df1d463aad1718c6924b7bdffbe395f14633d33fc38ce47c18a156"
    "1b83a5c66d29f9e292637127471c3baab0028ae42796b689e53a7f9ab5f0ee6d3fb658d847c1abca509fc4ed0d45edbb1c946488"
    "910d8d78fa0767255b57a7c3898da8d26625bde40c5a0e80b581408ecd95a17d396dc7574a8ed3cbc4c085197ffaad29c18e577e"
    "b292aa8b98caa92efd6f9536049b5a7defc861e270eca90c55b9585405cb96f3e6ea754850b09e7a59ba5fd92d357982915d3975"
    "2aaa2ec16b6cbde6a6c33971";
constexpr std::string_view set_client_dh =
    "1f5f04f54e44b426241e8b839153122d44585ac665ba0b393e1094329eda2c42d6283303fe500100def448d48c608480bab65df3"
    "f8990be8011f7b415a6f8113617bea749b8b0ea6a937987b18cc4dcce8197efdcf8d6ec6af7fc3364b4945df77e4a1ae9db7acea"
    "4abcd73247edb36bde20fc969c1d55717277afe0bc31a9ee99f7d822f91fa2dc69c868a19511b162d55e0814d0292b7708b67d57"
    "eb04569349d5a20ffe85c0141fc17e9bbbaf207bef56e66decda718c52c45273f868c2eff89bb06355cd515fbfe123d719b24423"
    "4867d2889c9d0e4436ba644076e5014a78af60b2f0e1b30285f4f71539bcf8c506ccafd62cfcd1b040fe5e35bb30e519ad56d753"
    "100f604e3ea5d02409d74dd3ab0861227410f1e13591cf2a638347e6c6d0bcae14e0e8753313b51daee40a67407b5cc8b213856a"
    "290a0c7b6cda9ff9c58d69faaf6a748cff05512b69f1380f7a36843edecdc764048bc16d9808f353a9caf6d49ca8b717c8f6de03"
    "7518a444931a7da2b80f16d0";
constexpr std::string_view dh_gen_ok =
    "34f7cb3b4e44b426241e8b839153122d44585ac665ba0b393e1094329eda2c42d628330313b781a0de4ab6bc7ab414cbe13f9f8"
    "6";
constexpr std::string_view auth_key =
    "7582e48ad36cd6eef7944ac9bd7027de9ee3202543b68850ac01e1221350f7174e6c3771c9d86b3075f777539c23d053e9da9a15"
    "10d49e8fa0ad76a016ce28bfe3543dde69959bc682dab762b95a36629a8438e65baa53cc79b551c23d555c7675a36f4ece90882e"
    "ce497d28a903409b780a8a80516cb0f8534fee3a67530beb2b1929626e07c2a052c4870b18b0a626606ca05cb13668a65aee3fa3"
    "2cbebf1b3a56532138cb22c017cac44a292021902eea9b9f906c6be19c9203c7bb3ebc5f1b2044d0a90cb008f7248c3ae4449e08"
    "95b6090abb04c24131c2948bd27d879ecb934e50a46671f987653385ab388e4fa1ddd4c95743111e08bf11fef1f8f739";

// Gives out the recorded numbers by what asks for them; the RSA padding, which was of an older form, is
// zeros.
class recorded_random final : public random_source {
  public:
    void fill(byte_span out) override {
        std::fill(out.begin(), out.end(), std::byte{0});
        const std::vector<std::byte> last = from_hex(step3_random);
        if (out.size() == 16) give(from_hex(nonce), out);
        if (out.size() == 32 && !std::exchange(new_nonce_given_, true)) give(from_hex(new_nonce), out);
        if (out.size() == 256) give(byte_view(last).first(256), out);
        if (out.size() == 12) give(byte_view(last).subspan(256, 12), out);
    }

  private:
    static void give(byte_view from, byte_span out) { std::copy(from.begin(), from.end(), out.begin()); }
    bool new_nonce_given_ = false;
};

bytes body(std::string_view hex) {
    return bytes::copy(from_hex(hex));
}

}  // namespace

TEST_CASE("protocol 2: a recorded exchange comes out byte for byte (grammers)") {
    recorded_random random;
    handshake::options how;
    const auto keys = crypto::telegram_test_keys();
    how.keys.assign(keys.begin(), keys.end());
    auto first = handshake::start(std::move(how), random);
    CHECK(first.request == body("f18e7ebe4e44b426241e8b839153122d44585ac6"));

    auto second = std::move(first.step).on_answer(body(res_pq));
    REQUIRE(second.has_value());
    const std::vector<std::byte> head = from_hex(req_dh_head);
    REQUIRE(second->request.size() == head.size() + 256);
    CHECK(second->request.slice(0, head.size()) == bytes::copy(head));

    auto third = std::move(second->step).on_answer(body(dh_params), 1693436740s);
    REQUIRE(third.has_value());
    CHECK(third->request == body(set_client_dh));
    CHECK(third->step.time_offset() == 0s);

    auto last = std::move(third->step).on_answer(body(dh_gen_ok));
    REQUIRE(last.has_value());
    const auto* made = std::get_if<handshake::established>(&*last);
    REQUIRE(made);
    CHECK(bytes::copy(made->key->data()) == body(auth_key));
    CHECK(made->salt == 4459407212920268508);
}
