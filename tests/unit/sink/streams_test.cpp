// What takes bytes in order is written where it stands.
#include "sink/part_file.hpp"
#include "unit/sink/folder.hpp"

#include <mtproto/sink/stream_output.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <thread>

using namespace mtproto;
using test::folder;
using test::read;
using test::write;
namespace fs = std::filesystem;

namespace {

/// All of `text` to that name.
outcome<fs::path> put_text(const fs::path& name, const std::string& text) {
    auto made = sink::part_file::create(name);
    if (!made) return made.error();
    if (const outcome<void> done = (*made)->append(as_bytes(text)); !done) return done.error();
    if (const outcome<void> done = (*made)->finish(); !done) return done.error();
    return (*made)->name();
}

/// What comes through a pipe until its writers are gone.
std::string drained(int end) {
    std::string got;
    char some[4096];
    for (ssize_t count; (count = ::read(end, some, sizeof some)) > 0;)
        got.append(some, static_cast<std::size_t>(count));
    return got;
}

}  // namespace

TEST_CASE("entries: a pipe is written in order and stays one; one that nobody reads is no reason to wait") {
    const folder here;
    REQUIRE(::mkfifo((here / "pipe").c_str(), 0600) == 0);
    CHECK(put_text(here / "pipe", "x").error().code == boost::system::errc::no_such_device_or_address);
    const int end = ::open((here / "pipe").c_str(), O_RDONLY | O_NONBLOCK);
    REQUIRE(end >= 0);
    REQUIRE(::fcntl(end, F_SETFL, 0) == 0);
    std::string got;
    const std::string much(300'000, 'x');
    auto made = sink::part_file::create(here / "pipe");
    REQUIRE(made.has_value());
    std::thread reader([&] { got = drained(end); });
    CHECK((*made)->append(as_bytes(much)).has_value());
    CHECK((*made)->append(as_bytes(std::string_view("end"))).has_value());
    CHECK((*made)->write(5, as_bytes(std::string_view("no"))).has_error());
    CHECK((*made)->finish().has_value());
    reader.join();
    ::close(end);
    CHECK((got == much + "end"));
    CHECK(fs::is_fifo(here / "pipe"));
    CHECK(here.entries() == 1);
}

TEST_CASE("entries: a socket is connected to") {
    const folder here;
    const int listener = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    const std::string name = here / "socket";
    REQUIRE(name.size() < sizeof address.sun_path);
    name.copy(address.sun_path, name.size());
    REQUIRE(::bind(listener, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(::listen(listener, 1) == 0);
    CHECK(put_text(name, "abc").has_value());
    const int peer = ::accept(listener, nullptr, nullptr);
    REQUIRE(peer >= 0);
    CHECK(drained(peer) == "abc");
    ::close(peer);
    ::close(listener);
    CHECK(fs::is_socket(name));
    CHECK(put_text(name, "abc").error().message().find("refused") != std::string::npos);
}

TEST_CASE("entries: a descriptor of this process is written where it stands, and what it had stays") {
    const folder here;
    write(here / "log", "before ");
    const int file = ::open((here / "log").c_str(), O_WRONLY | O_APPEND | O_CLOEXEC);
    REQUIRE(file >= 0);
    const std::string number = std::to_string(file);
    for (const std::string& name : {"/dev/fd/" + number, "/proc/self/fd/" + number})
        CHECK(put_text(name, name.substr(0, 5)).has_value());
    fs::create_symlink("/dev/fd/" + number, here / "link");
    CHECK(put_text(here / "link", "!").has_value());
    CHECK(read(here / "log") == "before /dev//proc!");

    // Of a file without a name, from where its descriptor stands on.
    fs::remove(here / "log");
    CHECK(put_text("/dev/fd/" + number, "more").has_value());
    CHECK(here.entries() == 1);
    ::close(file);
    CHECK(put_text("/dev/fd/" + number, "x").error().message().find(number) != std::string::npos);

    const int nothing = ::open("/dev/null", O_RDONLY | O_CLOEXEC);
    CHECK(put_text("/dev/fd/" + std::to_string(nothing), "x").error().message().find("Bad file descriptor") !=
          std::string::npos);
    ::close(nothing);
    const int folder_fd = ::open((here / "").c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    CHECK(put_text("/dev/fd/" + std::to_string(folder_fd) + "/film", "of a folder").has_value());
    CHECK(read(here / "film") == "of a folder");
    ::close(folder_fd);
}

TEST_CASE("entries: streams are told from files before anything is written") {
    const folder here;
    write(here / "film", "old");
    for (const fs::path& name : {here / "film", here / "new", here / ""})
        CHECK_FALSE(sink::stream_output::open(name).has_value());
    CHECK(sink::stream_output::open("/dev/null").has_value());
    int ends[2];
    REQUIRE(::pipe2(ends, O_CLOEXEC) == 0);
    const auto out = sink::stream_output::open("/dev/fd/" + std::to_string(ends[1]));
    REQUIRE(out.has_value());
    CHECK(out->copied() == ends[1]);
    CHECK(out->descriptor() != ends[1]);
    ::close(ends[0]);
    ::close(ends[1]);
    CHECK_THROWS_AS(sink::stream_output::open(here / "missing/film"), error);
}
