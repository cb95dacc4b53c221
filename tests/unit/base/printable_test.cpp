// What a terminal is given of text that others wrote.
#include "base/utf8.hpp"

#include <mtproto/printable.hpp>

#include <doctest/doctest.h>

#include <initializer_list>
#include <string>

using mtproto::appearance;
using mtproto::appearance_of;
using mtproto::printable;

namespace {

std::string utf8(char32_t c) {
    const auto byte = [](char32_t bits) { return static_cast<char>(bits); };
    if (c < 0x80) return {byte(c)};
    if (c < 0x800) return {byte(0xc0 | c >> 6), byte(0x80 | (c & 0x3f))};
    if (c < 0x10000) return {byte(0xe0 | c >> 12), byte(0x80 | (c >> 6 & 0x3f)), byte(0x80 | (c & 0x3f))};
    return {byte(0xf0 | c >> 18), byte(0x80 | (c >> 12 & 0x3f)), byte(0x80 | (c >> 6 & 0x3f)),
            byte(0x80 | (c & 0x3f))};
}

}  // namespace

TEST_CASE("letters, accents, wide characters and emoji stay as they are") {
    for (const char* text :
         {"Käse 電影 🎬", "e\xcc\x81", "한국어", "هالو", "ป้า", "~ a-z", "🇩🇪👍🏽", "\xd8\x80١"})
        CHECK(printable(text) == text);
}

TEST_CASE("what could move the cursor becomes a blank, and so do blanks of every kind") {
    for (const char32_t c :
         {0x00, 0x07, 0x0a, 0x0d, 0x1b, 0x1f, 0x7f, 0x80, 0x85, 0x9b, 0x9f, 0x2028, 0x2029}) {
        CAPTURE(static_cast<unsigned>(c));
        CHECK(appearance_of(c) == appearance::control);
        CHECK(printable("a" + utf8(c) + "b") == "a b");
    }
    for (const char32_t c : {0xa0, 0x1680, 0x2000, 0x2003, 0x200a, 0x202f, 0x205f, 0x2800, 0x3000}) {
        CAPTURE(static_cast<unsigned>(c));
        CHECK(appearance_of(c) == appearance::blank);
        CHECK(printable("a" + utf8(c) + "b") == "a b");
    }
}

TEST_CASE("nothing that sets the direction of writing, or that nobody sees, is printed") {
    for (const char32_t c :
         {0xad,    0x34f,   0x61c,   0x115f,  0x1160,  0x17b4, 0x17b5,  0x180b,  0x180e,  0x180f,
          0x200b,  0x200c,  0x200d,  0x200e,  0x200f,  0x202a, 0x202b,  0x202c,  0x202d,  0x202e,
          0x2060,  0x2064,  0x2066,  0x2067,  0x2068,  0x2069, 0x206f,  0x3164,  0xfe00,  0xfe0f,
          0xfeff,  0xffa0,  0xfff0,  0xfff9,  0xfffb,  0xfffc, 0x13430, 0x1bca0, 0x1d159, 0x1d173,
          0xe0001, 0xe0041, 0xe007f, 0xe0100, 0xe01ef, 0xe0fff}) {
        CAPTURE(static_cast<unsigned>(c));
        CHECK(appearance_of(c) == appearance::invisible);
        CHECK(printable("a" + utf8(c) + "b") == "ab");
    }
    for (const char32_t c :
         {0x20,   0x7e,   0xa1,   0xac,   0xae,   0x34e,  0x350,   0x600,   0x115e,  0x1161,
          0x2010, 0x2027, 0x2030, 0x2070, 0x3001, 0xfffd, 0x10330, 0x1f600, 0xdffff, 0xe1000}) {
        CAPTURE(static_cast<unsigned>(c));
        CHECK(appearance_of(c) == appearance::visible);
    }
}

TEST_CASE("bytes that are no UTF-8 are shown as such, one by one") {
    const std::string one(mtproto::replacement_character);
    CHECK(printable("\x9b[31m") == one + "[31m");
    CHECK(printable("\xc0\xaf\xff") == one + one + one);            // overlong
    CHECK(printable("\xed\xa0\x80") == one + one + one);            // a surrogate
    CHECK(printable("\xf4\x90\x80\x80") == one + one + one + one);  // past the last character
    CHECK(printable("\xe9\x9b") == one + one);                      // cut short
    CHECK(printable("").empty());
}
