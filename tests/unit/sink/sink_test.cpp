// Where bytes end up, and what is left behind when they do not.
#include "io/simulation.hpp"
#include "sink/part_file.hpp"
#include "unit/sink/folder.hpp"

#include <mtproto/sink/callback.hpp>
#include <mtproto/sink/descriptor.hpp>
#include <mtproto/sink/file.hpp>
#include <mtproto/sink/memory.hpp>

#include <doctest/doctest.h>

#include <csignal>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iterator>
#include <string>
#include <sys/resource.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>

using namespace mtproto;
using test::folder;
using test::read;
namespace fs = std::filesystem;

namespace {

class zeros final : public random_source {
  public:
    void fill(byte_span out) override { std::fill(out.begin(), out.end(), std::byte{0}); }
};

/// How many files are under way to `name`.
std::size_t parts_of(const folder& here, const std::string& name) {
    std::size_t found = 0;
    for (const auto& one : fs::directory_iterator(here / "")) {
        const std::string own = one.path().filename().string();
        found += own.starts_with(name + ".") && own.ends_with(".part");
    }
    return found;
}

/// Writes the texts one after the other and finishes; the first failure ends it.
outcome<void> put(sink::sink& into, const std::vector<std::string>& texts, bool finish = true) {
    zeros random;
    io::simulation world(random);
    outcome<void> result;
    world.run([](sink::sink& into, const std::vector<std::string>& texts, bool finish,
                 outcome<void>& result) -> io::awaitable<void> {
        std::int64_t at = 0;
        for (const std::string& text : texts) {
            chunk part;
            part.offset = at;
            part.data = bytes::copy(text);
            at += static_cast<std::int64_t>(text.size());
            result = co_await into.write(std::move(part));
            if (!result) co_return;
        }
        if (finish) result = co_await into.finish();
    }(into, texts, finish, result));
    return result;
}

}  // namespace

TEST_CASE("a file has its name only when it is complete") {
    const folder here;
    sink::file out(here / "film.mkv");
    CHECK(here.entries() == 0);  // nothing before the first chunk
    CHECK(put(out, {"abc", "", "defgh"}, false).has_value());
    CHECK(parts_of(here, "film.mkv") == 1);
    CHECK_FALSE(fs::exists(here / "film.mkv"));
    CHECK(put(out, {"!"}).has_value());
    CHECK(read(here / "film.mkv") == "abcdefgh!");
    CHECK(here.entries() == 1);
}

TEST_CASE("an empty download is an empty file") {
    const folder here;
    sink::file out(here / "empty");
    CHECK(put(out, {}).has_value());
    CHECK(fs::file_size(here / "empty") == 0);
}

TEST_CASE("without finish() nothing is left, and a file that was there before stays as it was") {
    const folder here;
    std::ofstream(here / "film.mkv") << "old";
    {
        sink::file out(here / "film.mkv");
        CHECK(put(out, {"new"}, false).has_value());
    }
    CHECK(read(here / "film.mkv") == "old");
    CHECK(here.entries() == 1);
    sink::file out(here / "film.mkv");
    CHECK(put(out, {"new"}).has_value());
    CHECK(read(here / "film.mkv") == "new");
}

TEST_CASE("a link stays a link: what it names is replaced") {
    const folder here;
    std::ofstream(here / "target") << "old";
    fs::create_symlink(here / "target", here / "link");
    sink::file out(here / "link");
    CHECK(put(out, {"new"}).has_value());
    CHECK(fs::is_symlink(here / "link"));
    CHECK(read(here / "target") == "new");
}

TEST_CASE("a link to nothing, by way of another folder, stays a link: what it names is made") {
    const folder here;
    fs::create_directory(here / "films");
    fs::create_symlink("films/second", here / "first");
    fs::create_symlink("third", here / "films/second");
    sink::file out(here / "first");
    CHECK(put(out, {"new"}).has_value());
    CHECK(fs::is_symlink(here / "first"));
    CHECK(fs::is_symlink(here / "films/second"));
    CHECK(read(here / "films/third") == "new");

    fs::create_symlink("loop", here / "loop");
    sink::file endless(here / "loop");
    CHECK(put(endless, {"x"}).error().message().find("Too many levels") != std::string::npos);
}

TEST_CASE("two downloads to one name do not touch each other, and the last to finish stays") {
    const folder here;
    sink::file one(here / "film.mkv");
    auto two = std::make_unique<sink::file>(here / "film.mkv");
    auto three = std::make_unique<sink::file>(here / "film.mkv");
    CHECK(put(one, {"first"}, false).has_value());
    CHECK(put(*two, {"second, and longer"}, false).has_value());
    CHECK(put(*three, {"given up"}, false).has_value());
    CHECK(parts_of(here, "film.mkv") == 3);
    three.reset();
    CHECK(put(*two, {"!"}).has_value());
    CHECK(read(here / "film.mkv") == "second, and longer!");
    CHECK(put(one, {"!"}).has_value());
    CHECK(read(here / "film.mkv") == "first!");
    CHECK(here.entries() == 1);
}

TEST_CASE("what a user keeps under a name that ends in .part is left alone") {
    const folder here;
    std::ofstream(here / "film.mkv.part") << "a user's own";
    {
        sink::file out(here / "film.mkv");
        CHECK(put(out, {"given up"}, false).has_value());
    }
    CHECK(read(here / "film.mkv.part") == "a user's own");
    CHECK(here.entries() == 1);
}

TEST_CASE("a name as long as the system allows is no reason to fail") {
    const folder here;
    const std::string longest(255, 'n');
    sink::file out(here / longest.c_str());
    CHECK(put(out, {"abc"}, false).has_value());
    CHECK(here.entries() == 1);
    CHECK(put(out, {"d"}).has_value());
    CHECK(read(here / longest.c_str()) == "abcd");
}

TEST_CASE("a file that is replaced keeps its mode, and its part is no more open from the start") {
    const folder here;
    const auto mode_of = [](const fs::path& name) { return fs::status(name).permissions(); };
    for (const auto mode : {fs::perms(0600), fs::perms(0664)}) {
        std::ofstream(here / "film.mkv") << "old";
        fs::permissions(here / "film.mkv", mode);
        sink::file out(here / "film.mkv");
        CHECK(put(out, {"new"}, false).has_value());
        for (const auto& one : fs::directory_iterator(here / ""))
            CHECK((mode_of(one.path()) & ~mode) == fs::perms::none);
        CHECK(put(out, {"!"}).has_value());
        CHECK(read(here / "film.mkv") == "new!");
        CHECK(mode_of(here / "film.mkv") == mode);
    }
}

TEST_CASE("a terminal takes what comes in order") {
    const int screen = ::posix_openpt(O_RDWR | O_NOCTTY);
    REQUIRE(screen >= 0);
    REQUIRE(::grantpt(screen) == 0);
    REQUIRE(::unlockpt(screen) == 0);
    sink::file out(::ptsname(screen));
    CHECK(put(out, {"abc", "def"}).has_value());
    char seen[7] = {};
    CHECK(::read(screen, seen, sizeof seen - 1) == 6);
    CHECK(std::string(seen) == "abcdef");
    ::close(screen);
}

TEST_CASE("a place that cannot be written is one clear error with the path and the reason") {
    const folder here;
    sink::file nowhere(here / "no such folder/film.mkv");
    const outcome<void> missing = put(nowhere, {"x"});
    REQUIRE(missing.has_error());
    CHECK(missing.error().code == make_error_code(errc::io_failed));
    CHECK(missing.error().message().find("no such folder") != std::string::npos);
    CHECK(missing.error().message().find("No such file or directory") != std::string::npos);

    fs::create_directory(here / "folder");
    sink::file folder_itself(here / "folder");
    CHECK(put(folder_itself, {"x"}).error().message().find("Is a directory") != std::string::npos);
}

TEST_CASE("a device is written as it is, and a full one says so") {
    sink::file full("/dev/full");
    const outcome<void> refused = put(full, {"x"});
    REQUIRE(refused.has_error());
    CHECK(refused.error().message().find("No space left on device") != std::string::npos);
    sink::file null("/dev/null");
    CHECK(put(null, {"x", "y"}).has_value());
    CHECK(fs::is_character_file("/dev/null"));
}

TEST_CASE("a disk that fills up in the middle: one error, no file, no part") {
    const folder here;
    rlimit before{};
    REQUIRE(::getrlimit(RLIMIT_FSIZE, &before) == 0);
    const rlimit small{100'000, before.rlim_max};
    std::signal(SIGXFSZ, SIG_IGN);
    REQUIRE(::setrlimit(RLIMIT_FSIZE, &small) == 0);
    {
        sink::file out(here / "film.mkv");
        const outcome<void> refused = put(out, {std::string(60'000, 'a'), std::string(60'000, 'b')});
        ::setrlimit(RLIMIT_FSIZE, &before);
        REQUIRE(refused.has_error());
        CHECK(refused.error().code == make_error_code(errc::io_failed));
        CHECK(refused.error().message().find("film.mkv.") != std::string::npos);
        CHECK(refused.error().message().find(".part: File too large") != std::string::npos);
    }
    CHECK(here.entries() == 0);
}

TEST_CASE("part files can be written out of order and read back, as a container's writer does") {
    const folder here;
    auto part = sink::part_file::create(here / "film.mp4");
    REQUIRE(part.has_value());
    CHECK((*part)->write(6, as_bytes("world")).has_value());
    CHECK((*part)->write(0, as_bytes("hello ")).has_value());
    CHECK((*part)->size() == 11);
    std::array<std::byte, 20> back{};
    CHECK((*part)->read(4, back).value() == 7);
    CHECK(as_text(byte_view(back).first(7)) == "o world");
    CHECK((*part)->finish().has_value());
    CHECK(read(here / "film.mp4") == "hello world");
}

TEST_CASE("memory keeps all up to its limit and refuses more") {
    sink::memory small(5);
    CHECK(put(small, {"abc", "de"}).has_value());
    CHECK(as_text(small.data()) == "abcde");
    CHECK(put(small, {"f"}).error().code == make_error_code(errc::too_large));
    CHECK(small.data().size() == 5);
}

TEST_CASE("a callback gets every chunk, and its failure ends the transfer") {
    std::string seen;
    sink::callback all([&](const chunk& part) -> outcome<void> {
        CHECK(part.offset == static_cast<std::int64_t>(seen.size()));
        seen += part.data.text();
        if (seen.size() > 4) return failure(errc::io_failed, "enough");
        return {};
    });
    CHECK(put(all, {"abc", "d"}).has_value());
    seen.clear();
    CHECK(put(all, {"abc", "de", "f"}).error().detail == "enough");
    CHECK(seen == "abcde");
}

TEST_CASE("a descriptor takes all, however little fits at a time") {
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    std::string got;
    std::thread reader([&] {
        char some[7000];
        for (ssize_t count; (count = ::read(ends[0], some, sizeof some)) > 0;)
            got.append(some, static_cast<std::size_t>(count));
    });
    std::string much;
    for (int i = 0; i < 300'000; ++i)
        much += static_cast<char>('a' + i % 23);
    {
        sink::descriptor out(ends[1]);
        CHECK(put(out, {"first", much}).has_value());
    }
    ::close(ends[1]);
    reader.join();
    ::close(ends[0]);
    CHECK(got == "first" + much);
}

TEST_CASE("a descriptor whose reader went away is an error, not the end of the program") {
    std::signal(SIGPIPE, SIG_IGN);
    int ends[2];
    REQUIRE(::pipe(ends) == 0);
    ::close(ends[0]);
    sink::descriptor out(ends[1]);
    const outcome<void> broken = put(out, {"x"});
    ::close(ends[1]);
    REQUIRE(broken.has_error());
    CHECK(broken.error().message().find("Broken pipe") != std::string::npos);
}
