// QR codes as cells of a terminal and as pixels. That a reader finds the text, cli/login_test.py shows.
#include "qr_code.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace mtpipe;

#ifdef MTPIPE_WITH_QR

TEST_CASE("qr codes: a link of a login fits on a terminal, with four light modules around") {
    const auto code = qr_code::of("tg://login?token=" + std::string(43, 'x'));
    REQUIRE(code);
    CHECK(code->size() <= 49);
    int dark = 0;
    for (int row = 0; row < code->size(); ++row)
        for (int column = 0; column < code->size(); ++column) {
            if (!code->is_dark(column, row)) continue;
            ++dark;
            for (const int at : {column, row}) {
                CHECK(at >= qr_code::quiet_zone);
                CHECK(at < code->size() - qr_code::quiet_zone);
            }
        }
    CHECK(dark > 100);
    CHECK(code->is_dark(4, 4));  // the corner of a finder
    CHECK_FALSE(code->is_dark(-1, 0));
    CHECK_FALSE(code->is_dark(0, 1000));
}

TEST_CASE("qr codes: each line of a terminal is black on white by itself, and two rows high") {
    const auto code = qr_code::of("tg://login?token=abc");
    REQUIRE(code);
    const auto lines = terminal_lines(*code);
    CHECK(static_cast<int>(lines.size()) == (code->size() + 1) / 2);
    for (const std::string& line : lines) {
        CHECK(line.starts_with("\x1b[38;5;16;48;5;231m"));
        CHECK(line.ends_with("\x1b[0m\n"));
    }
}

TEST_CASE("qr codes: a picture has a module's pixels on each side") {
    const auto code = qr_code::of("tg://login?token=abc");
    REQUIRE(code);
    const std::string png = png_of(*code, 3);
    CHECK(png.starts_with("\x89PNG\r\n\x1a\n"));
    CHECK(png.substr(12, 4) == "IHDR");
    CHECK(static_cast<unsigned char>(png[19]) == static_cast<unsigned char>(code->size() * 3));
    CHECK(png.substr(16, 4) == png.substr(20, 4));
    CHECK(png.ends_with(std::string("IEND\xae\x42\x60\x82", 8)));
}

TEST_CASE("qr codes: a text that is longer than any code has none") {
    CHECK_FALSE(qr_code::of(std::string(4000, 'x')));
}

#endif
