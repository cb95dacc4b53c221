// Codes, phone numbers and tokens as people and servers write them.
#include "client/login_code.hpp"

#include "client/login_news.hpp"
#include "client/qr_login.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace mtproto;

TEST_CASE("login 7.1: a code of digits loses blanks and hyphens, one of words those around it") {
    CHECK(core::normalized_code(" 1-2 3\t4-5\r\n") == "12345");
    CHECK(core::normalized_code("red well-made kettle ") == "red well-made kettle");
    CHECK(core::normalized_code("kettle-5") == "kettle-5");
    CHECK(core::normalized_code(" \t ").empty());
}

TEST_CASE("login 7.1: only digits of another number than told are no code") {
    code_info about;
    CHECK(core::has_length(about, "1"));
    about.length = 5;
    CHECK(core::has_length(about, "12345"));
    CHECK_FALSE(core::has_length(about, "123456"));
    CHECK_FALSE(core::has_length(about, ""));
    CHECK(core::has_length(about, "kettle"));
}

TEST_CASE("login 7.1: a phone number is sent as its digits") {
    CHECK(core::normalized_phone("+49 (30) 123-45.6") == "4930123456");
    CHECK(core::normalized_phone(" 15550001 ") == "15550001");
    CHECK(core::normalized_phone("call me") == "call me");
}

TEST_CASE("login 7.3: a token's link is base64url without padding") {
    const std::string prefix = "tg://login?token=";
    CHECK(core::url_of_token(as_bytes("")) == prefix);
    CHECK(core::url_of_token(as_bytes("f")) == prefix + "Zg");
    CHECK(core::url_of_token(as_bytes("fo")) == prefix + "Zm8");
    CHECK(core::url_of_token(as_bytes("foobar")) == prefix + "Zm9vYmFy");
    CHECK(core::url_of_token(as_bytes("\xff\xfe\xfb")) == prefix + "__77");
}

TEST_CASE("login 7.3: the word of an accepted token is found in updates of each form, and nowhere else") {
    constexpr std::uint32_t word = 0x564fe691;
    const auto words = [](std::initializer_list<std::uint32_t> all) {
        std::string made;
        for (const std::uint32_t each : all)
            for (int shift = 0; shift < 32; shift += 8)
                made += static_cast<char>(each >> shift);
        return made;
    };
    CHECK(core::tells_of_token(as_bytes(words({0x78d4dec1, word, 1}))));
    CHECK(core::tells_of_token(as_bytes(words({0x74ae4240, 0x1cb5c415, 1, word}))));
    CHECK_FALSE(core::tells_of_token(as_bytes(words({0x78d4dec1, 1, 2, 3, word}))));
    CHECK_FALSE(core::tells_of_token(as_bytes("\x91\xe6")));
    CHECK_FALSE(core::tells_of_token({}));
}
