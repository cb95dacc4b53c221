// Strings of other clients: each form of each, and what is none.
#include "base/base64.hpp"
#include "fixtures.hpp"
#include "reading.hpp"

#include <algorithm>

using namespace mtproto;
using namespace mtproto::foreign;

namespace {

struct published {
    const char* format;
    std::string_view text;
    int dc;
    bool test;
    std::int64_t user;
    const char* key_sha256;
};

const published all_published[] = {
    {"telethon-string-v1", fixtures::telethon_ipv4, 2, true, 0,
     "24a531f3722342d892425e6c2eccd4948e1f7e060c8e124e53f9ee99ac2a83e2"},
    {"telethon-string-v1", fixtures::telethon_ipv6, 1, true, 0,
     "03cc19e929aef82b9937053e85468cc30e3ea1f33ded1d303c9c50474d04f28c"},
    {"pyrogram-string-v2", fixtures::pyrogram, 2, true, 5'000'801'609,
     "e95e032fe6061eaae004f8f90819e2e721e93476f85b85dbacf45f0f07237df6"},
    {"pyrogram-string-v1-64", fixtures::pyrogram_long_user, 2, true, 5'000'801'609,
     "a756eef4141dd1712c076f685d88bbb5e2492a78a94fb06a877d29a63a5e9bf8"},
    {"gramjs-string-v1", fixtures::gramjs, 2, true, 0,
     "8150a01eacf7ec9efc310ba20aa5d469e5525cecaf4216772368ca79221cd68b"},
    {"mtkruto-string", fixtures::mtkruto, 2, true, 0,
     "d30b95c52c64ad323ee8769ee8d7bf271288357e15ba465d46f3d25fd743fae4"},
};

std::string replaced(std::string_view text, std::string_view from, std::string_view to) {
    std::string made(text);
    for (char& each : made)
        if (const auto at = from.find(each); at != from.npos) each = to[at];
    return made;
}

foreign_account only_one(std::string_view text) {
    const auto found = read(text);
    REQUIRE_MESSAGE(found.has_value(), (found ? "" : found.error().detail));
    REQUIRE(found->accounts.size() == 1);
    return found->accounts.front();
}

}  // namespace

TEST_CASE("strings that other projects publish say what they say there") {
    for (const published& each : all_published) {
        CAPTURE(each.text);
        const foreign_account made = only_one(each.text);
        CHECK(read(each.text)->format == each.format);
        CHECK(made.login.home_dc == each.dc);
        CHECK(made.login.dcs.at(each.dc).authorized);
        CHECK(made.test == each.test);
        CHECK(made.login.user_id == each.user);
        CHECK(made.bot.has_value() == (each.user != 0));
        CHECK(home_key_sha256(made) == each.key_sha256);
    }
}

TEST_CASE("addresses of strings are read") {
    CHECK(only_one(fixtures::telethon_ipv4).host == "149.154.167.40");
    CHECK(only_one(fixtures::telethon_ipv4).port == 80);
    CHECK(only_one(fixtures::telethon_ipv6).host == "2001:b28:f23d:f001::e");
    CHECK(only_one(fixtures::gramjs).host == "149.154.167.40");
    CHECK(only_one(fixtures::gramjs).port == 443);
}

TEST_CASE("copying does a string no harm: blanks, line breaks, no padding, the other alphabet") {
    for (const published& each : all_published) {
        CAPTURE(each.text);
        const std::string plain(each.text);
        const std::string without = plain.substr(0, plain.find('='));
        const std::string middle = plain.substr(0, 70) + "\r\n" + plain.substr(70) + "\r\n";
        for (const std::string& form :
             {without, middle, "\xef\xbb\xbf  " + plain + " \n\n", replaced(plain, "-_", "+/"),
              replaced(plain, "+/", "-_"), " " + plain.substr(0, 1) + "\t" + plain.substr(1)})
            CHECK(home_key_sha256(only_one(form)) == each.key_sha256);
    }
}

TEST_CASE("a string that is cut is refused, at each length") {
    for (const published& each : all_published) {
        const std::size_t end = each.text.find('=');
        for (std::size_t size = 0; size < std::min(end, each.text.size()); ++size) {
            CAPTURE(each.format);
            CAPTURE(size);
            CHECK_FALSE(read(each.text.substr(0, size)).has_value());
        }
    }
}

TEST_CASE("the front of a long Pyrogram string is no short one, whatever its key") {
    std::vector<std::byte> data = decode_base64(fixtures::pyrogram).value();
    constexpr std::size_t user_of_short = 258, short_size = 263;
    for (std::size_t i = 0; i < 4; ++i)
        data[user_of_short + i] = std::byte{1};
    CHECK(read(encode_base64url(data)).has_value());
    CHECK(refusal(encode_base64url(byte_view(data).first(short_size))).find("damaged") != std::string::npos);
}

TEST_CASE("one changed letter of a string changes what it carries, or is refused") {
    for (const published& each : all_published) {
        const foreign_account before = only_one(each.text);
        for (std::size_t at = 0; at < each.text.size(); ++at) {
            for (const char letter : {'A', 'z', '9', '=', '*'}) {
                std::string changed(each.text);
                if (changed[at] == letter) continue;
                changed[at] = letter;
                CAPTURE(changed);
                const auto found = read(changed);
                if (!found) continue;
                // Of one size are a GramJS string and one of Telethon, and the key stands at one place.
                const bool same = found->format == each.format;
                CHECK((same || changed_bytes(before, found->accounts.front()) == 0));
                CHECK(changed_bytes(before, found->accounts.front()) <= 2);
            }
        }
    }
}

TEST_CASE("strings that hold no login are refused in words") {
    CHECK(refusal("").find("nothing in it") != std::string::npos);
    CHECK(refusal(" \r\n").find("nothing in it") != std::string::npos);
    std::vector<std::byte> zero(263);
    zero[0] = std::byte{2};
    zero[1] = std::byte{149};
    CHECK(refusal("1" + encode_base64url(zero)).find("all zero") != std::string::npos);
    for (const auto& text : {fixtures::mtcute_short_0, fixtures::mtcute_short_1, fixtures::mtcute_short_2,
                             fixtures::mtcute_short_3, fixtures::mtcute_short_4, fixtures::mtcute_short_5,
                             fixtures::mtcute_short_6})
        CHECK_MESSAGE(refusal(text).find("32 bytes") != std::string::npos, refusal(text));
    std::string second(fixtures::telethon_ipv4);
    second[0] = '2';
    std::string forked = "WZ_" + std::string(fixtures::telethon_ipv6);
    for (const std::string& text : {second, forked, std::string("hello"), std::string(5000, 'A')}) {
        CHECK(refusal(text).find("Telethon") != std::string::npos);
        CHECK(refusal(text).find("Pyrogram") != std::string::npos);
    }
    CHECK(refusal(std::string(512, 'a')).find("Telegram Web") != std::string::npos);
    CHECK(refusal(R"({"dc1_auth_key": "\"ab\"", "user_auth": "{}"})").find("Telegram Web") !=
          std::string::npos);
}

TEST_CASE("a refusal repeats nothing of a string") {
    for (const published& each : all_published) {
        const std::string why = refusal(each.text.substr(0, each.text.size() - 40));
        CHECK(why.find(each.text.substr(10, 8)) == std::string::npos);
    }
}

TEST_CASE("our own string brings a login over, and each wrong letter is noticed") {
    foreign_account from = only_one(fixtures::pyrogram);
    const std::string text = session_string(from.login, from.test).value();
    CHECK(text.starts_with("mtproto1."));
    const foreign_account to = only_one(text + "\r\n");
    CHECK(read(text)->format == "mtproto-string-v1");
    CHECK(to.login.home_dc == 2);
    CHECK(to.test);
    CHECK(to.login.user_id == 5'000'801'609);
    CHECK(to.bot == false);
    CHECK(home_key(to) == home_key(from));
    for (std::size_t size = 0; size < text.find('='); ++size)
        CHECK_FALSE(read(text.substr(0, size)).has_value());
    for (std::size_t at = 9; at < text.find('='); ++at) {
        std::string changed = text;
        changed[at] = changed[at] == 'A' ? 'Q' : 'A';
        const auto found = read(changed);
        // The last letter has bits that carry nothing.
        if (found) CHECK(at + 1 == text.find('='));
    }
    CHECK(refusal("mtproto2." + text.substr(9)).find("another version") != std::string::npos);
    CHECK_FALSE(session_string(stored_session(), false).has_value());
}

TEST_CASE("a bot that is exported stays one, and an unknown user stays unknown") {
    foreign_account from = only_one(fixtures::telethon_ipv4);
    CHECK_FALSE(only_one(session_string(from.login, false).value()).bot.has_value());
    from.login.user_id = 7;
    from.login.bot = true;
    CHECK(only_one(session_string(from.login, false).value()).bot == true);
}

TEST_CASE("what is written for Telethon is read back with its address") {
    const stored_session login = only_one(fixtures::pyrogram).login;
    for (const char* host : {"149.154.167.51", "2001:67c:4e8:f002::a"}) {
        const foreign_account back = only_one(telethon_string(login, host, 443).value());
        CHECK(back.host == host);
        CHECK(back.port == 443);
        CHECK(home_key(back) == login.dcs.at(2).auth_key);
    }
    CHECK(telethon_string(login, "venus.web.telegram.org", 443).error().code == errc::bad_argument);
    // mtcute's string of the same login is another one only by its address.
    CHECK(telethon_string(only_one(fixtures::telethon_ipv4).login, "149.154.167.40", 80).value() ==
          fixtures::telethon_ipv4);
}
