// Files that are no videos but ask for other files and for servers.
#include "unit/remux/runs.hpp"

#include <mtproto/probe.hpp>

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <doctest/doctest.h>

#include <chrono>
#include <filesystem>
#include <string>

using namespace mtproto;
using namespace mtproto::test;
namespace asio = boost::asio;
namespace fs = std::filesystem;

namespace {

/// The names in such files are looked for from here.
struct working_folder {
    explicit working_folder(const fs::path& here) : before(fs::current_path()) { fs::current_path(here); }
    ~working_folder() { fs::current_path(before); }
    working_folder(const working_folder&) = delete;
    working_folder& operator=(const working_folder&) = delete;
    fs::path before;
};

/// Counts who comes.
struct listener {
    asio::io_context loop;
    asio::ip::tcp::acceptor door{loop, {asio::ip::address_v4::loopback(), 0}};
    std::string address() { return "127.0.0.1:" + std::to_string(door.local_endpoint().port()); }
    bool was_called() {
        door.non_blocking(true);
        asio::ip::tcp::socket caller(loop);
        boost::system::error_code none;
        door.accept(caller, none);
        return !none;
    }
};

std::vector<std::byte> bytes_of(const std::string& text) {
    const byte_view view = as_bytes(std::string_view(text));
    return {view.begin(), view.end()};
}

std::string dash(const std::string& url) {
    return "<?xml version=\"1.0\"?>\n<MPD xmlns=\"urn:mpeg:dash:schema:mpd:2011\" "
           "profiles=\"urn:mpeg:dash:profile:isoff-on-demand:2011\" type=\"static\" "
           "mediaPresentationDuration=\"PT3S\"><Period><AdaptationSet mimeType=\"video/mp4\">"
           "<Representation id=\"1\" bandwidth=\"1\"><BaseURL>" +
           url + "</BaseURL></Representation></AdaptationSet></Period></MPD>\n";
}

std::string hls(const std::string& url) {
    return "#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n" + url + "\n#EXT-X-ENDLIST\n";
}

constexpr const char* sdp =
    "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=video 45678 RTP/AVP 96\na=rtpmap:96 H264/90000\n";

}  // namespace

TEST_CASE("remux: a playlist in a video's place opens no file and calls no server") {
    folder where;
    const working_folder here(where.path);
    write_file("secret.mkv", make_sample({}));
    write_file("secret.ts", make_sample({.format = "mpegts"}));
    listener server;
    const std::string url = "http://" + server.address() + "/a.mp4";
    for (const std::string& text :
         {std::string("ffconcat version 1.0\nfile secret.mkv\n"), "ffconcat version 1.0\nfile " + url + "\n",
          dash(url), hls("secret.ts"), hls(url), std::string(sdp)}) {
        INFO(text);
        const auto before = std::chrono::steady_clock::now();
        script from;
        from.file = bytes_of(text);
        const auto saved = save_sample(from, where.path / "out.mp4");
        REQUIRE(saved.wrong);
        CHECK(saved.wrong->code == errc::remux_failed);
        CHECK_FALSE(fs::exists("out.mp4"));
        const auto live = fragment_sample(from);
        REQUIRE(live.wrong);
        CHECK(live.wrong->code == errc::remux_failed);
        CHECK(live.fragments.empty());

        write_file("film.mkv", from.file);
        CHECK_FALSE(probe("film.mkv").has_value());
        CHECK_FALSE(server.was_called());
        // Who waits for packets on a socket waits for ten seconds.
        CHECK(std::chrono::steady_clock::now() - before < std::chrono::seconds(8));
    }
}

TEST_CASE("remux: containers that hold their own data are opened whatever they are called") {
    for (const std::string format : {"matroska", "mp4", "mov", "mpegts", "nut", "asf"}) {
        INFO(format);
        folder where;
        script from;
        from.file = made_by_ffmpeg("-i IN -c copy -f " + format, format, make_sample({.b_frames = 0}));
        const auto got = save_sample(from, where.path / "out.mp4");
        INFO((got.wrong ? got.wrong->message() : std::string()));
        CHECK_FALSE(got.wrong);
        write_file(where.path / "film", from.file);
        CHECK(probe(where.path / "film").has_value());
    }
}
