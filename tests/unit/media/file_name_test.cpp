// Names that senders choose never reach outside the folder, nor deceive.
#include "media/file_name.hpp"

#include <doctest/doctest.h>

#include <string>

using mtproto::core::safe_file_name;

TEST_CASE("a stated file name never is a path, hidden, or an option") {
    CHECK(safe_file_name("clip.mkv") == "clip.mkv");
    CHECK(safe_file_name("/etc/passwd") == "_etc_passwd");
    CHECK(safe_file_name("../../x.sh") == "_.._x.sh");
    CHECK(safe_file_name("..\\..\\x") == "_.._x");
    CHECK(safe_file_name(".bashrc") == "bashrc");
    CHECK(safe_file_name("-rf") == "rf");
    CHECK(safe_file_name("C:\\a.txt") == "C__a.txt");
    CHECK(safe_file_name("name. .") == "name");
    for (const char* nothing : {"", ".", "..", "...", " ", "/", "///", "\\", "\x01\x02"}) {
        INFO(nothing);
        CHECK(safe_file_name(nothing).empty());
    }
}

TEST_CASE("a stated file name keeps its letters, loses control and direction characters") {
    CHECK(safe_file_name("видео клип.mp4") == "видео клип.mp4");
    CHECK(safe_file_name("a\nb\x7f.txt") == "a_b_.txt");
    CHECK(safe_file_name(std::string("a\0b", 3)) == "a_b");
    CHECK(safe_file_name("\xe2\x80\xaegpj.exe") == "_gpj.exe");
    CHECK(safe_file_name("a\xd8\x9cgpj.exe") == "a_gpj.exe");          // U+061C, Arabic letter mark
    CHECK(safe_file_name("a\xe1\xa0\x8egpj.exe") == "a_gpj.exe");      // U+180E, vowel separator
    CHECK(safe_file_name("a\xf3\xa0\x81\x81gpj.exe") == "a_gpj.exe");  // U+E0041, a tag
    CHECK(safe_file_name("bad\xff\xfe.mp4") == "bad__.mp4");
    CHECK(safe_file_name("cut\xd0") == "cut_");
    CHECK(safe_file_name("\xc0\xaf..") == "");
    CHECK(safe_file_name("\xed\xa0\x80x") == "___x");
}

TEST_CASE("a stated file name is cut at 200 bytes, between letters, and keeps its extension") {
    const std::string name = safe_file_name(std::string(500, 'a') + ".mkv");
    CHECK(name.size() == 200);
    CHECK(name.ends_with("a.mkv"));
    std::string wide;
    for (int i = 0; i < 300; ++i)
        wide += "й";
    const std::string cut = safe_file_name("x" + wide + ".mkv");
    CHECK(cut.size() <= 200);
    CHECK(cut.size() >= 198);
    CHECK(cut.ends_with("й.mkv"));
    CHECK(safe_file_name("a." + std::string(400, 'e')).size() == 200);
}
