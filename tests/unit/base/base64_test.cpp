// Base64 as it is copied and typed.
#include "base/base64.hpp"

#include <doctest/doctest.h>

using namespace mtproto;

namespace {

std::string decoded(std::string_view text) {
    const auto data = decode_base64(text);
    return data ? std::string(as_text(*data)) : "none";
}

}  // namespace

TEST_CASE("base64 of RFC 4648 is read in both alphabets, with padding and without") {
    CHECK(decoded("").empty());
    CHECK(decoded("Zg==") == "f");
    CHECK(decoded("Zg") == "f");
    CHECK(decoded("Zm8=") == "fo");
    CHECK(decoded("Zm9v") == "foo");
    CHECK(decoded("Zm9vYmFy") == "foobar");
    CHECK(decoded("+/-_") == "\xfb\xff\xbf");
}

TEST_CASE("what is no base64 is refused") {
    for (const char* text : {"A", "AAAAA", "Zm9 v", "Zm9v\n", "Zg=a", "Zg===", "Z*9v"})
        CHECK(decoded(text) == "none");
}

TEST_CASE("what is written is read back, padded") {
    std::string text;
    for (int i = 0; i < 200; ++i) {
        const std::string written = encode_base64url(as_bytes(text));
        CHECK(written.size() % 4 == 0);
        CHECK(written.find_first_of("+/") == written.npos);
        CHECK(decoded(written) == text);
        text += static_cast<char>(i * 37);
    }
    CHECK(encode_base64url(as_bytes("f")) == "Zg==");
    CHECK(encode_base64url(as_bytes("\xfb\xff\xbf")) == "-_-_");
}
