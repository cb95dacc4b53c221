// What is on disk counts as far as hashes prove it: files that go on, with every kind of leftover.
#include "resume/saving.hpp"

#include <doctest/doctest.h>

#include <csignal>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

using namespace mtproto;
using sink::earlier_part;
using test::piece;
using test::ran;
using test::read;
using test::saving;
using test::whole;
using test::write;
namespace fs = std::filesystem;
namespace io = mtproto::io;

namespace {

void change_byte(const fs::path& name, std::int64_t place) {
    std::fstream file(name, std::ios::binary | std::ios::in | std::ios::out);
    file.seekg(place);
    const char was = static_cast<char>(file.get());
    file.seekp(place);
    file.put(static_cast<char>(was ^ 1));
}

}  // namespace

TEST_CASE("resume a download that was not interrupted leaves the file and nothing else") {
    saving one;
    CHECK(one.finish().begin == 0);
}

TEST_CASE("resume it goes on behind the last whole window") {
    saving one;
    const ran first = one.run(1'000'000);
    CHECK_FALSE(first.met);
    CHECK(first.left);
    CHECK(fs::file_size(one.part()) == 1'000'000);
    CHECK(fs::exists(one.record()));
    const ran second = one.run(2'000'000);
    CHECK(second.begin == 7 * piece);
    const ran last = one.finish();
    CHECK(last.begin == 15 * piece);
    CHECK(last.repaired == 0);
}

TEST_CASE("resume tells how much of the part it has read") {
    saving one;
    one.run(2'000'000);
    std::vector<std::int64_t> seen;
    sink::resumable_file out(one.target());
    const progress_callback note = [&](const progress& now) {
        CHECK(now.total == whole);
        seen.push_back(now.received);
    };
    one.perform(
        [](client& tg, media file, sink::resumable_file& out, progress_callback note) -> io::awaitable<void> {
            co_await out.resume(tg, file, note);
        }(one.tg(), one.file(), out, note));
    CHECK((seen == std::vector<std::int64_t>{15 * piece}));
}

TEST_CASE("resume a part that is whole needs nothing more, its short last window included") {
    saving one;
    one.run(whole - 1);
    write(one.part(), test::contents());
    CHECK(one.finish().begin == whole);
}

TEST_CASE("resume a wrong byte costs its window: it is fetched again, and the rest stays") {
    for (const std::int64_t place : {std::int64_t{0}, 3 * piece + 5, 4 * piece - 1}) {
        saving one;
        one.run(2'000'000);
        change_byte(one.part(), place);
        const ran told = one.finish();
        CHECK(told.begin == 15 * piece);
        CHECK(told.repaired == piece);
    }
}

TEST_CASE("resume wrong bytes in the last windows make it go on before them") {
    saving one;
    one.run(2'000'000);
    change_byte(one.part(), 14 * piece);
    change_byte(one.part(), 13 * piece);
    change_byte(one.part(), 2 * piece);
    change_byte(one.part(), 1 * piece);
    const ran told = one.finish();
    CHECK(told.begin == 13 * piece);
    CHECK(told.repaired == 2 * piece);
}

TEST_CASE("resume after a power cut: the record is there and the data is holes, all or in part") {
    for (const std::int64_t begin : {std::int64_t{0}, 5 * piece + 1000}) {
        saving one;
        one.run(2'000'000);
        fs::resize_file(one.part(), static_cast<std::uintmax_t>(begin));
        fs::resize_file(one.part(), 2'000'000);
        CHECK(one.finish().begin == begin / piece * piece);
    }
    saving holes;
    holes.run(2'000'000);
    std::string text = read(holes.part());
    std::fill(text.begin() + 3 * piece + 7, text.begin() + 9 * piece, '\0');
    write(holes.part(), text);
    const ran told = holes.finish();
    CHECK(told.begin == 15 * piece);
    CHECK(told.repaired == 6 * piece);
}

TEST_CASE("resume a part that was cut, or is longer than the file") {
    saving one;
    one.run(2'000'000);
    fs::resize_file(one.part(), 300'000);
    CHECK(one.run(400'000).begin == 2 * piece);
    write(one.part(), test::contents() + "and more");
    CHECK(one.finish().begin == whole);
}

TEST_CASE("resume a record that is torn: the hashes tell whose the part is, and nobody's starts over") {
    saving one;
    one.run(2'000'000);
    write(one.record(), read(one.record()).substr(0, 40));
    CHECK(one.finish().begin == 15 * piece);
    saving other;
    write(other.part(), std::string(500'000, 'x'));
    write(other.record(), "torn");
    CHECK(other.finish().begin == 0);
}

TEST_CASE("resume without a record the hashes tell, and what is not of this file is left alone") {
    saving one;
    one.run(2'000'000);
    fs::remove(one.record());
    CHECK(one.finish().begin == 15 * piece);

    saving other;
    write(other.part(), "somebody's own");
    const ran refused = other.run();
    REQUIRE(refused.met);
    CHECK(refused.met->code == errc::io_failed);
    CHECK(refused.met->message().find("film.bin.part is there") != std::string::npos);
    CHECK_FALSE(refused.left);
    CHECK(read(other.part()) == "somebody's own");
    CHECK(other.entries() == 1);
    CHECK(other.finish(earlier_part::start_over).begin == 0);
}

TEST_CASE("resume another document, or another size, starts over") {
    saving one;
    one.run(2'000'000);
    const std::string was = read(one.record());
    for (const bool document : {true, false}) {
        write(one.part(), test::contents());
        write(one.record(), was);
        sink::resumable_file unused(one.target());
        media other = one.file();
        if (document)
            other.location.id ^= 1;
        else
            other.size += 1;
        one.perform([](client& tg, media other, sink::resumable_file& out) -> io::awaitable<void> {
            const std::int64_t begin = co_await out.resume(tg, other);
            CHECK(begin == 0);
        }(one.tg(), other, unused));
        CHECK(fs::file_size(one.part()) == 0);
    }
    CHECK(one.finish().begin == 0);
}

TEST_CASE("resume without hashes from the server nothing that is on disk counts") {
    saving one({"rpc-error=400 LOCATION_INVALID@getFileHashes:1x0"});
    one.run(2'000'000);
    CHECK(one.finish().begin == 0);
}

TEST_CASE("resume what the server's own hashes never prove is not delivered twice over") {
    saving one({"wrong-hash@getFileHashes:1"});
    one.run(2'500'000);
    // The first eight windows are wrong by these hashes, and stay so; those behind them are right.
    const ran told = one.run();
    REQUIRE(told.met);
    CHECK(told.met->code == errc::bad_part);
    CHECK(told.left);
    CHECK(one.finish().begin == 19 * piece);
}

TEST_CASE("resume two processes at one name: the second is told so") {
    saving one;
    one.run(1'000'000);
    const int other = ::open(one.part().c_str(), O_RDWR);
    REQUIRE(::flock(other, LOCK_EX | LOCK_NB) == 0);
    const ran told = one.run();
    REQUIRE(told.met);
    CHECK(told.met->message().find("is being written by another process") != std::string::npos);
    CHECK(fs::file_size(one.part()) == 1'000'000);
    ::close(other);
    CHECK(one.finish().begin == 7 * piece);
}

TEST_CASE("resume nothing is left of a download that never had a byte") {
    saving one({"rpc-error=400 LOCATION_INVALID@getFile:1x0"});
    const ran told = one.run();
    CHECK(told.met);
    CHECK_FALSE(told.left);
    CHECK(one.entries() == 0);
}

TEST_CASE("resume a file that is there is replaced by the whole one, and keeps its mode") {
    saving one;
    write(one.target(), "old");
    fs::permissions(one.target(), fs::perms(0600));
    one.run(1'000'000);
    CHECK(read(one.target()) == "old");
    CHECK(fs::status(one.part()).permissions() == fs::perms(0600));
    one.finish();
    CHECK(fs::status(one.target()).permissions() == fs::perms(0600));
}

TEST_CASE("resume a link stays a link, and the part lies where it leads") {
    saving one;
    fs::create_directory(one.folder() / "films");
    fs::create_symlink("films/film.bin", one.target());
    one.run(1'000'000);
    CHECK(fs::file_size(one.folder() / "films/film.bin.part") == 1'000'000);
    CHECK(one.run().begin == 7 * piece);
    CHECK(fs::is_symlink(one.target()));
    CHECK((read(one.folder() / "films/film.bin") == test::contents()));
}

TEST_CASE("resume a disk that fills up: one error, and the part stays for when there is room") {
    saving one;
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit small{1'200'000, before.rlim_max};
    std::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    const ran told = one.run();
    ::setrlimit(RLIMIT_FSIZE, &before);
    REQUIRE(told.met);
    CHECK(told.met->message().find("film.bin.part: File too large") != std::string::npos);
    CHECK(told.left);
    CHECK(one.finish().begin == 9 * piece);
}

TEST_CASE("resume a part that is no file, or a link to elsewhere, is not written") {
    saving one;
    write(one.folder() / "precious", "of somebody");
    fs::create_symlink("precious", one.part());
    CHECK(one.run().met->code == errc::io_failed);
    CHECK(read(one.folder() / "precious") == "of somebody");
    fs::remove(one.part());
    fs::create_directory(one.part());
    CHECK(one.run().met->code == errc::io_failed);
}

TEST_CASE("resume a device is written from the beginning") {
    saving one;
    sink::resumable_file null("/dev/null");
    one.perform([](client& tg, media file, sink::resumable_file& out) -> io::awaitable<void> {
        const std::int64_t begin = co_await out.resume(tg, file);
        CHECK(begin == 0);
        byte_stream stream = tg.open(file);
        const std::int64_t written = co_await sink::pump(stream, out);
        CHECK(written == file.size);
    }(one.tg(), one.file(), null));
    CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("resume chunks that do not follow, and a file that is not whole, are refused") {
    saving one;
    sink::resumable_file out(one.target());
    one.perform([](client& tg, media file, sink::resumable_file& out) -> io::awaitable<void> {
        chunk part;
        part.data = bytes::copy("abc");
        const outcome<void> early = co_await out.write(part);
        CHECK(early.error().code == errc::bad_argument);
        co_await out.resume(tg, file);
        part.offset = 1;
        const outcome<void> gap = co_await out.write(part);
        CHECK(gap.error().code == errc::bad_argument);
        part.offset = 0;
        const outcome<void> first = co_await out.write(part);
        CHECK(first.has_value());
        const outcome<void> done = co_await out.finish();
        CHECK(done.error().code == errc::bad_argument);
    }(one.tg(), one.file(), out));
    CHECK_FALSE(fs::exists(one.target()));
}
