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

TEST_CASE("a stated file name of nothing visible gets one that can be seen and copied") {
    for (const char* nothing :
         {"\u3164", "\u2800", "\u115f", "\u00ad", "\u034f", "\ufe0f", "\u00a0", "\u3000", "\u200b", "\u2003",
          "\u180e", "\uffa0", "\U000e0041", "\u2066", " "}) {
        CAPTURE(nothing);
        const std::string stated(nothing);
        CHECK(safe_file_name(stated).empty());
        CHECK(safe_file_name(stated + stated).empty());
        CHECK(safe_file_name(stated + ".mkv") == "_.mkv");
        CHECK(safe_file_name("a" + stated + "b.mkv").size() == 7);
    }
    CHECK(safe_file_name("第1話\u3000題.mkv") == "第1話 題.mkv");
    CHECK(safe_file_name("a\u00a0b") == "a b");
    CHECK(safe_file_name("a\u00adb") == "a_b");
}

TEST_CASE("no stated file name is a device of Windows'") {
    for (const char* device :
         {"CON", "con", "prn", "AUX", "nul", "COM1", "com9", "LPT1", "COM\u00b9", "conin$"}) {
        CAPTURE(device);
        const std::string name(device);
        CHECK(safe_file_name(name) == "_" + name);
        CHECK(safe_file_name(name + ".mkv") == "_" + name + ".mkv");
        CHECK(safe_file_name(name + " .tar.gz") == "_" + name + " .tar.gz");
    }
    for (const char* name : {"CONTENT", "con-1.txt", "COM", "COM10", "LPTX", "a.con", "nul_"})
        CHECK(safe_file_name(name) == name);
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
