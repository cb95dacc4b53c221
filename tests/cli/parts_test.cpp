// Parts of mtpipe that need no server: text made fit for terminals, the progress line, names of outputs.
#include "duration_text.hpp"
#include "exit_code.hpp"
#include "near_miss.hpp"
#include "numbers.hpp"
#include "output.hpp"
#include "progress_bar.hpp"
#include "text.hpp"
#include "wait_text.hpp"
#include "window_choice.hpp"

#include <doctest/doctest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

using namespace mtpipe;
namespace fs = std::filesystem;

namespace {

constexpr const char* unknown = "\xef\xbf\xbd";

class folder {
  public:
    folder() {
        std::string made = (fs::temp_directory_path() / "mtpipe_parts_XXXXXX").string();
        REQUIRE(::mkdtemp(made.data()) != nullptr);
        path_ = made;
    }
    ~folder() { fs::remove_all(path_); }
    std::string operator/(const char* name) const { return (path_ / name).string(); }

  private:
    fs::path path_;
};

std::string name_for(const folder& here, const std::string& name, bool mp4) {
    return choose_destination(here / "", name, mp4 ? ".mp4" : "").path.filename().string();
}

}  // namespace

TEST_CASE("nothing printable moves the cursor: C0, DEL and C1 become blanks") {
    CHECK(printable("a\x1b[2Jb\r\n\tc\x7f") == "a [2Jb   c ");
    CHECK(printable("\xc2\x9b"
                    "31m\xc2\x85") == " 31m ");
    CHECK(printable(std::string("nul\0", 4)) == "nul ");
    CHECK(printable("Käse 電影 🎬") == "Käse 電影 🎬");
}

TEST_CASE("bytes that are no UTF-8 are shown as such, one by one") {
    const std::string one = unknown;
    CHECK(printable("\x9b[31m") == one + "[31m");
    CHECK(valid_utf8("caf\xe9") == "caf" + one);
    CHECK(valid_utf8("\xc0\xaf\xff") == one + one + one);            // overlong
    CHECK(valid_utf8("\xed\xa0\x80") == one + one + one);            // a surrogate
    CHECK(valid_utf8("\xf4\x90\x80\x80") == one + one + one + one);  // past the last character
    CHECK(valid_utf8("\xe9\x9b") == one + one);                      // cut short
    CHECK(valid_utf8("line\nline") == "line\nline");
    CHECK(valid_utf8("電") == "電");
}

TEST_CASE("columns are counted as a terminal draws") {
    CHECK(columns_of("abc") == 3);
    CHECK(columns_of("Käse") == 4);
    CHECK(columns_of("電影") == 4);
    CHECK(columns_of("e\xcc\x81") == 1);  // a combining accent
    // East Asian Width W and F, whichever block they stand in, and what has no width.
    for (const char* wide :
         {"⌚", "⏰", "⚡", "✅", "❌", "⭐", "🟢", "🫠", "🛜", "⚽", "ｗ", "가", "〒", "𠀀", "䷀"}) {
        CAPTURE(wide);
        CHECK(columns_of(wide) == 2);
    }
    CHECK(columns_of("\U0001fae9") == 2);  // an emoji of a later Unicode
    for (const char* narrow : {"a\u0301\u0302", "й", "นี้", "ש\u05b8", "*\u20e3"}) {
        CAPTURE(narrow);
        CHECK(columns_of(narrow) == 1);
    }
    CHECK(columns_of(printable("❤\ufe0f")) == 1);  // a heart as text, since what makes an emoji of it goes
    CHECK(columns_of(printable("👨\u200d👩\u200d👧")) == 6);
    CHECK(columns_of(printable("🇩🇪")) == 2);
    CHECK(cut_to_columns("電影電影", 8) == "電影電影");
    CHECK(cut_to_columns("電影電影", 7) == "電影...");
    CHECK(cut_to_columns("電影電影", 6) == "電...");
    CHECK(cut_to_columns("abcdef", 3) == "abc");
    CHECK(cut_to_columns("abc", 0).empty());
}

TEST_CASE("cutting keeps an accent with its letter and parts no wide character") {
    CHECK(cut_to_columns("⏰⏰⏰⏰⏰", 9) == "⏰⏰⏰...");
    CHECK(cut_to_columns("⏰⏰⏰⏰⏰", 8) == "⏰⏰...");
    CHECK(cut_to_columns("abce\u0301fghij", 7) == "abce\u0301...");
    for (int limit = 0; limit < 12; ++limit)
        CHECK(columns_of(cut_to_columns("a⏰e\u0301電🫠b⚡c⭐", limit)) <= limit);
}

TEST_CASE(
    "JSON on a terminal: the same value, without what a terminal would take for a command or not show") {
    CHECK(printable_json(R"({"caption":"Käse 電影 🎬"})") == R"({"caption":"Käse 電影 🎬"})");
    CHECK(printable_json("\"a\u202eb\u009bc\u00a0d\"") == R"("a\u202eb\u009bc\u00a0d")");
    CHECK(printable_json("\"\U000e0041\"") == R"("\udb40\udc41")");
}

TEST_CASE("numbers are decimal, within their bounds, and nothing else") {
    const bounds<int> some{1, 16};
    CHECK(read_number("8", some) == 8);
    CHECK(read_number("010", some) == 10);
    CHECK(read_number("16", some) == 16);
    for (const char* wrong :
         {"", "0", "17", "-1", "+1", " 1", "1 ", "0x1", "1e0", "1.0", "a", "99999999999999999999"})
        CHECK_FALSE(read_number(wrong, some).has_value());
    CHECK(read_number<std::uint16_t>("010000", {0}) == 10000);
    CHECK_FALSE(read_number<std::uint16_t>("65536", {0}).has_value());
    CHECK(read_number<std::uint64_t>("18446744073709551615", {0}) == 18446744073709551615u);
    CHECK_FALSE(read_number<std::uint64_t>("-1", {0}).has_value());
    const bounds<double> share{0, 0.1};
    CHECK(read_number("0.05", share) == 0.05);
    CHECK(read_number("1e-3", share) == 0.001);
    for (const char* wrong : {"nan", "inf", "-0.1", "0.2", "0x0", "0,05", ""})
        CHECK_FALSE(read_number(wrong, share).has_value());
}

TEST_CASE("the bounds of numbers are told so that people can read them") {
    CHECK(describe(bounds<int>{1, 16}) == "a number from 1 to 16");
    CHECK(describe(bounds<std::uint16_t>{0}) == "a number from 0 to 65535");
    CHECK(describe(bounds<std::int64_t>{0}) == "a number of at least 0");
    CHECK(describe(bounds<double>{0, 0.1}) == "a number from 0 to 0.1");
}

TEST_CASE("sizes are decimal numbers with a unit of 1024 or none") {
    CHECK(read_size("0") == 0);
    CHECK(read_size("010") == 10);
    CHECK(read_size("32M") == 32 << 20);
    CHECK(read_size("4 kb") == 4096);
    CHECK(read_size("8GiB") == std::int64_t{8} << 30);
    CHECK(read_size("7b") == 7);
    for (const char* wrong :
         {"", "M", "-1", "1.5M", "0x10", "1X", "1MM", "1 M ", "1  M", "1bb", "9999999999G", "16E"})
        CHECK_FALSE(read_size(wrong).has_value());
}

TEST_CASE("a word that is none is told what it may have meant, unless it is like nothing") {
    const std::vector<std::string> known{"login", "info", "get", "passphrase", "localdc"};
    CHECK(near_miss("lgoin", known) == "login");
    CHECK(near_miss("gett", known) == "get");
    CHECK(near_miss("gte", known) == "get");
    CHECK(near_miss("passphrase", known) == "passphrase");
    CHECK(near_miss("inof", known) == "info");
    for (const char* strange : {"", "x", "foo", "download", "version"})
        CHECK(near_miss(strange, known).empty());
    CHECK(near_miss(std::string(100'000, 'x'), known).empty());
}

TEST_CASE("the progress line is never wider than it may be, and leaves out what matters least") {
    mtproto::progress now;
    now.received = 1'234'567'890;
    now.total = 4'000'000'000;
    now.rate = 12'345'678;
    for (const char* label : {"film.mkv", "電影電影電影電影", "⭐⭐⭐⭐⭐⭐⭐⭐", "🫠e\u0301⌚", ""})
        for (int width = 1; width <= 120; ++width) {
            const std::string line = progress_line(label, now, 0.3, width);
            CHECK(columns_of(line) <= width);
            if (width >= 25) CHECK(line.find("30%  1.2 GB of 4.0 GB") != std::string::npos);
        }
    CHECK(progress_line("film.mkv", now, 0.3, 80) ==
          "film.mkv [#######.................]  30%  1.2 GB of 4.0 GB  12.3 MB/s  3:44 left");
    CHECK(progress_line("film.mkv", now, 0.3, 58) == "film.mkv  30%  1.2 GB of 4.0 GB  12.3 MB/s  3:44 left");
    CHECK(progress_line("film.mkv", now, 0.3, 50) == "  30%  1.2 GB of 4.0 GB  12.3 MB/s  3:44 left");
    CHECK(progress_line("film.mkv", now, 0.3, 40) == "  30%  1.2 GB of 4.0 GB");
    CHECK(progress_line("film.mkv", now, 0.3, 10) == "  30%  1.2");
}

TEST_CASE("a wait takes the place of rate and time left, and is what stays on the narrowest line") {
    mtproto::progress now;
    now.received = 1'234'567'890;
    now.total = 4'000'000'000;
    now.rate = 12'345'678;
    const std::string wait = "waiting 9:58: Telegram asks for a pause (until 14:32)";
    CHECK(progress_line("film.mkv", now, 0.3, 120, wait) ==
          "film.mkv [#########......................]  30%  1.2 GB of 4.0 GB  " + wait);
    CHECK(progress_line("film.mkv", now, 0.3, 90, wait) == "film.mkv  30%  1.2 GB of 4.0 GB  " + wait);
    CHECK(progress_line("film.mkv", now, 0.3, 79, wait) == "  30%  1.2 GB of 4.0 GB  " + wait);
    CHECK(progress_line("film.mkv", now, 0.3, 60, wait) == wait);
    CHECK(progress_line("film.mkv", now, 0.3, 20, wait) == "waiting 9:58: Tel...");
    for (int width = 1; width <= 120; ++width)
        CHECK(columns_of(progress_line("film.mkv", now, 0.3, width, wait)) <= width);
}

TEST_CASE("waits in words") {
    using namespace std::chrono_literals;
    const mtproto::time_point now(1h);
    mtproto::wait_info what;
    what.kind = mtproto::wait_kind::flood;
    what.begin = now;
    what.end = now + 598s;
    CHECK(wait_text(what, now) == "waiting 9:58: Telegram asks for a pause (until " + time_after(598s) + ")");
    what.end = now + 3600s;
    CHECK(wait_text(what, now - 1ms).rfind("waiting 1:00:01: ", 0) == 0);  // never less than there is
    what.kind = mtproto::wait_kind::outage;
    what.end = now + 3500ms;
    CHECK(wait_text(what, now) == "no connection, trying again in 4 s");
    what.end.reset();
    CHECK(wait_text(what, now) == "no connection, trying again");
    what.kind = mtproto::wait_kind::silence;
    CHECK(wait_text(what, now + 12s) == "nothing has come for 12 s");
    // Of the longest there is nothing overflows.
    CHECK(time_after(std::chrono::seconds(2'147'483'647)).size() == std::string("2094-01-01 00:00").size());
}

TEST_CASE("durations of a command line") {
    using namespace std::chrono_literals;
    CHECK(parse_duration("0") == 0s);
    CHECK(parse_duration("90") == 90s);
    CHECK(parse_duration("010") == 10s);
    CHECK(parse_duration("10m") == 10min);
    CHECK(parse_duration("2h") == 2h);
    CHECK(parse_duration("36500d") == 24h * 36500);
    for (const char* wrong : {"", "m", "-1", "+1", "1.5h", "1w", "1mm", "10 m", " 10", "0x10", "36501d",
                              "9223372036854775807d", "99999999999999999999"})
        CHECK_FALSE(parse_duration(wrong).has_value());
}

TEST_CASE("a flood wait that is too long says when to come back") {
    mtproto::failure flood(mtproto::errc::rpc_error);
    flood.rpc_code = 420;
    flood.rpc_type = "FLOOD_WAIT";
    flood.value = 7200;
    CHECK(explain(flood).find("a pause of 2:00:00: come back at ") != std::string::npos);
    CHECK(code_for(flood) == exit_code::failed);
    flood.value = 2'147'483'647;
    CHECK(explain(flood).find("come back at 20") != std::string::npos);
}

TEST_CASE("a server of another layer is not told as someone who interferes") {
    mtproto::failure other(mtproto::errc::malformed);
    other.rpc_type = "LAYER_MISMATCH";
    other.detail = "the server does not answer in layer 201 of the API";
    CHECK(explain(other).find("interfering") == std::string::npos);
    CHECK(explain(other).find("layer 201") != std::string::npos);
    CHECK(explain(other).find("update mtpipe") != std::string::npos);
}

TEST_CASE("a film's ending gives way to .mp4, and a name without one keeps all of itself") {
    const folder here;
    for (const char* name : {"film.mkv", "film.MKV", "film.m2ts", "film.mp4"})
        CHECK(name_for(here, name, true) == "film.mp4");
    CHECK(name_for(here, "Season 1. Ep 1", true) == "Season 1. Ep 1.mp4");
    CHECK(name_for(here, "Mr. Robot", true) == "Mr. Robot.mp4");
    CHECK(name_for(here, "Mr. Robot.S01E02", true) == "Mr. Robot.S01E02.mp4");
    CHECK(name_for(here, "film", true) == "film.mp4");
    CHECK(name_for(here, "film.mkv", false) == "film.mkv");
    CHECK(name_for(here, "../../etc/passwd", false) == "passwd");
    CHECK(name_for(here, "..", false) == "download");
}

TEST_CASE("folders that were made for a download that fails go again, and others stay") {
    const folder here;
    fs::create_directory(here / "there");
    { const destination to = choose_destination(here / "there/new/deep/", "film.mkv"); }
    CHECK(fs::exists(here / "there"));
    CHECK_FALSE(fs::exists(here / "there/new"));
    {
        const destination to = choose_destination(here / "there/new/deep/", "film.mkv");
        CHECK(fs::is_directory(to.path.parent_path()));
        std::ofstream(here / "there/new/of another") << "x";
    }
    CHECK(fs::exists(here / "there/new/of another"));
    CHECK_FALSE(fs::exists(here / "there/new/deep"));
    {
        destination to = choose_destination(here / "there/kept/", "film.mkv");
        to.folders.keep();
    }
    CHECK(fs::exists(here / "there/kept"));
    std::ofstream(here / "a file") << "x";
    CHECK_THROWS_AS(choose_destination(here / "a file/deep/", "film.mkv"), command_error);
}

TEST_CASE("what a server says in a failure is printable") {
    mtproto::failure what(mtproto::errc::rpc_error);
    what.rpc_code = 400;
    what.rpc_type = "EVIL\x1b[2J\xc2\x9b\xff";
    CHECK(explain(what).find_first_of("\x1b\x9b") == std::string::npos);
}

TEST_CASE("a server without hashes is told as such, and a flood or a login is not") {
    mtproto::failure what(mtproto::errc::rpc_error);
    what.method = "upload.getFileHashes";
    for (const int code : {400, 403, 404, 500}) {
        what.rpc_code = code;
        what.rpc_type = "NOT_IMPLEMENTED";
        CHECK(explain(what).find("the server has no hashes of this file: leave --verify all out") !=
              std::string::npos);
    }
    for (const int code : {401, 420}) {
        what.rpc_code = code;
        CHECK(explain(what).find("has no hashes") == std::string::npos);
    }
    mtproto::failure none(mtproto::errc::bad_part, "the server has no hash for offset 0");
    CHECK(explain(none).find("try again") != std::string::npos);
    none.method = "upload.getFileHashes";
    CHECK(explain(none).find("leave --verify all out") != std::string::npos);
}

TEST_CASE("names of window strategies, with numbers in their bounds and nothing behind them") {
    const auto connections = [](const char* name) {
        return make_window(parse_window(name).value(), 6)->connections();
    };
    CHECK(connections("sequential") == 1);
    CHECK(connections("sliding:2x5") == 5);
    CHECK(make_window(parse_window("sliding:2x5").value(), 6)->in_flight(0) == 2);
    CHECK(connections("bdp") == 6);
    CHECK(connections("fixed:3") == 3);
    CHECK(connections("adaptive") >= 1);
    for (const char* wrong : {"", "Adaptive", "adaptive:4", "fixed", "fixed:", "fixed:0", "fixed:-1",
                              "fixed:257", "fixed:4 ", "fixed:4x4", "sliding:4", "sliding:4x", "sliding:x4",
                              "sliding:4x17", "sliding:4x4x4", "fixed:99999999999999999999"})
        CHECK_FALSE(parse_window(wrong).has_value());
}

TEST_CASE("the end of a login, a freeze and a refused application each have their own advice") {
    const auto told = [](int code, const char* type, mtproto::errc as = mtproto::errc::rpc_error) {
        mtproto::failure made(as);
        made.rpc_code = code;
        made.rpc_type = type;
        return made;
    };
    const auto revoked = told(401, "SESSION_REVOKED", mtproto::errc::not_authorized);
    CHECK(code_for(revoked) == exit_code::not_logged_in);
    CHECK(explain(revoked).find("run `mtpipe login` first") != std::string::npos);
    const auto banned = told(401, "USER_DEACTIVATED_BAN");
    CHECK(code_for(banned) == exit_code::not_logged_in);
    CHECK(explain(banned).find("with another account") != std::string::npos);
    const auto copied = told(406, "AUTH_KEY_DUPLICATED");
    CHECK(code_for(copied) == exit_code::not_logged_in);
    CHECK(explain(copied).find("never copy a session") != std::string::npos);
    mtproto::failure frozen = told(420, "FROZEN_METHOD_INVALID");
    CHECK(code_for(frozen) == exit_code::failed);
    CHECK(explain(frozen).find("where to appeal") != std::string::npos);
    frozen.detail = "the account is frozen; appeal at https://t.me/spambot";
    CHECK(explain(frozen).ends_with("appeal at https://t.me/spambot"));
    CHECK(explain(told(406, "UPDATE_APP_TO_LOGIN")).ends_with("; update mtpipe"));
    CHECK(explain(told(400, "API_ID_PUBLISHED_FLOOD")).find("make an own api_id") != std::string::npos);
    CHECK(explain(told(420, "FLOOD_SKIP_FAILED_WAIT")).ends_with("; try again in a while"));
}
