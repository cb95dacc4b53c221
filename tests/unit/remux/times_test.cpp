// When packets are shown, decoded and over: as the ffmpeg program has it when it copies.
#include "unit/remux/runs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <string>
#include <tuple>
#include <vector>

using namespace mtproto;
using namespace mtproto::test;
namespace fs = std::filesystem;

namespace {

std::vector<std::byte> concat(std::vector<std::byte> first, const std::vector<std::byte>& then) {
    first.insert(first.end(), then.begin(), then.end());
    return first;
}

file_facts saved(const std::vector<std::byte>& file, std::vector<std::string>* log = nullptr) {
    folder where;
    script from;
    from.file = file;
    const auto got = save_sample(from, where.path / "out.mp4");
    INFO((got.wrong ? got.wrong->message() : std::string()));
    REQUIRE_FALSE(got.wrong);
    if (log) *log = got.log;
    return inspect(read_file(where.path / "out.mp4"));
}

/// From the first packet's presentation to the end of the last one's. Seconds.
double length_of(const stream_facts& stream) {
    std::int64_t first = INT64_MAX;
    std::int64_t last = INT64_MIN;
    for (const packet_facts& each : stream.packets) {
        first = std::min(first, each.pts);
        last = std::max(last, each.pts + each.duration);
    }
    return static_cast<double>(last - first) / 1e6;
}

/// The first line that `command` prints.
std::string first_line(const std::string& command) {
    std::string line(200, '\0');
    FILE* pipe = ::popen(command.c_str(), "r");
    if (!pipe) return "";
    if (!std::fgets(line.data(), static_cast<int>(line.size()), pipe)) line.clear();
    ::pclose(pipe);
    return line;
}

/// One line a packet, so that a difference is readable.
std::vector<std::string> listed(const stream_facts& stream) {
    std::vector<std::string> lines;
    for (const packet_facts& each : stream.packets)
        lines.push_back(std::to_string(each.pts) + " " + std::to_string(each.dts) + " for " +
                        std::to_string(each.duration) + ", " + std::to_string(each.size) + " bytes " +
                        std::to_string(each.hash) + (each.key ? " key" : ""));
    return lines;
}

/// By the ffmpeg program: libavformat does not write every container to memory.
std::vector<std::byte> packed(const std::vector<std::byte>& file, const std::string& container) {
    folder work;
    write_file(work.path / "in.mkv", file);
    const std::string name = (work.path / ("out." + container)).string();
    const std::string command =
        "ffmpeg -nostdin -v quiet -y -i " + (work.path / "in.mkv").string() + " -c copy " + name;
    REQUIRE(std::system(command.c_str()) == 0);
    return read_file(name);
}

}  // namespace

TEST_CASE("times: sound out of Matroska, which counts milliseconds, lasts whole frames again") {
    const auto after = saved(make_sample({}));
    const auto& packets = after.find("audio")->packets;
    REQUIRE(packets.size() > 50);
    for (std::size_t i = 1; i + 1 < packets.size(); ++i) {
        INFO(i);
        CHECK(std::abs(packets[i].duration - 1'000'000 * 1024 / 44100) < 200);  // and not by 16 of 1024
    }
}

TEST_CASE("times: TrueHD, with more than one packet a millisecond, keeps its length") {
    const auto file = make_sample({.video = "", .audio = "truehd", .frames = 75});
    const auto before = inspect(file);
    const auto after = saved(file);
    CHECK(before.find("audio")->packets.size() > 3000);
    CHECK(length_of(*after.find("audio")) == doctest::Approx(3.0).epsilon(0.02));
}

TEST_CASE("times: joined recordings follow each other, whichever was made first") {
    const auto early = make_sample({.format = "mpegts"});
    const auto late = make_sample({.format = "mpegts", .start = 5000});
    for (const auto& file : {concat(early, late), concat(late, early), concat(early, early)}) {
        const auto after = saved(file);
        for (const char* type : {"video", "audio"}) {
            INFO(std::string(type));
            const stream_facts& stream = *after.find(type);
            CHECK(length_of(stream) == doctest::Approx(6.0).epsilon(0.1));
            for (std::size_t i = 1; i < stream.packets.size(); ++i)
                CHECK(stream.packets[i].dts > stream.packets[i - 1].dts);
        }
        CHECK(after.find("video")->packets.size() == 150);
    }
}

TEST_CASE("times: pictures that begin after the sound are decoded just before they are shown") {
    const auto after = saved(make_sample({.start = 5, .audio_late = -5}));
    const auto& packets = after.find("video")->packets;
    CHECK(packets[0].pts == doctest::Approx(5e6).epsilon(0.02));
    for (const packet_facts& each : packets)
        CHECK(each.pts - each.dts < 200'000);
}

TEST_CASE("times: a stream that appears in the middle of a recording is named in the log") {
    sample how;
    how.format = "mpegts";
    how.video = "mpeg4";
    how.b_frames = 0;
    const auto with_sound = make_sample(how);
    how.audio = "";
    how.width = 640;
    how.noisy = true;
    how.frames = 40;
    const auto silent = make_sample(how);
    REQUIRE(silent.size() > 5'000'000);  // what libavformat looks into for streams
    // It looks at the end, too.
    const std::vector<std::byte> ending(silent.end() - std::ptrdiff_t{188} * 10'000, silent.end());
    std::vector<std::string> log;
    const auto after = saved(concat(concat(silent, with_sound), ending), &log);
    CHECK(after.streams.size() == 1);
    REQUIRE(log.size() == 1);
    CHECK(log[0].find("audio stream 1 (aac)") != std::string::npos);
    CHECK(log[0].find("appears in the middle") != std::string::npos);
}

TEST_CASE("times: sound that turns into something else is left out from there, and named") {
    std::vector<std::string> log;
    const auto after = saved(
        concat(make_sample({.format = "mpegts"}), make_sample({.format = "mpegts", .audio = "ac3"})), &log);
    CHECK(after.find("video")->packets.size() == 150);
    CHECK(after.find("audio")->packets.size() < 140);
    REQUIRE(log.size() == 1);
    CHECK(log[0] == "damaged packets are left out of audio stream 1 (aac)");
}

TEST_CASE("times: HEVC is tagged as Apple's players want it where its parameter sets stand apart") {
    CHECK(saved(make_sample({.video = "libx265", .frames = 25})).find("video")->tag == "hvc1");
    CHECK(saved(make_sample({.format = "mpegts", .video = "libx265", .frames = 25})).find("video")->tag ==
          "hvc1");
}

TEST_CASE("times: packet for packet what the ffmpeg program copies") {
    const std::string version = first_line("ffmpeg -version 2>/dev/null");
    if (version.rfind("ffmpeg version 5.1", 0) != 0) {
        const char* ci = std::getenv("CI");
        CHECK_MESSAGE((!ci || std::string(ci) != "true"), "where nothing may be skipped, ffmpeg is missing");
        MESSAGE("not compared: no ffmpeg 5.1 here, whose rules these are");
        return;
    }
    const auto ts = make_sample({.format = "mpegts"});
    const auto ts_late = make_sample({.format = "mpegts", .start = 5000});
    const std::vector<std::tuple<std::string, std::vector<std::byte>>> films{
        {"H.264 with B-frames and AAC in Matroska", make_sample({})},
        {"VP9 and Opus", make_sample({.format = "webm", .video = "libvpx-vp9", .audio = "libopus"})},
        {"FLAC", make_sample({.audio = "flac"})},
        {"AC-3", make_sample({.audio = "ac3"})},
        {"E-AC-3", make_sample({.audio = "eac3"})},
        {"TrueHD", make_sample({.audio = "truehd"})},
        {"MP2", make_sample({.audio = "mp2"})},
        {"AVI, which states no presentation times",
         packed(make_sample({.video = "mpeg4", .audio = "mp2"}), "avi")},
        {"FLV", packed(make_sample({}), "flv")},
        {"MOV", make_sample({.format = "mov"})},
        {"MP4, late sound", make_sample({.format = "mp4", .audio_late = 0.7})},
        {"late sound", make_sample({.audio_late = 2.5})},
        {"late pictures", make_sample({.start = 5, .audio_late = -5})},
        {"late pictures in MP4", make_sample({.format = "mp4", .start = 5, .audio_late = -5})},
        {"all late", make_sample({.start = 12})},
        {"transport stream", ts},
        {"transport stream, late pictures", make_sample({.format = "mpegts", .start = 3, .audio_late = -3})},
        {"two transport streams", concat(ts, ts_late)},
        {"two transport streams, backwards", concat(ts_late, ts)},
        {"the same transport stream twice", concat(ts, ts)},
        {"a wrapping transport stream", make_sample({.format = "mpegts", .start = 95440})},
        {"MPEG-2 in a program stream", make_sample({.format = "vob", .video = "mpeg2video", .audio = "ac3"})},
        {"sound alone", make_sample({.format = "adts", .video = ""})},
        {"two sound tracks", make_sample({.second_audio = "ac3", .second_begins = 1})},
    };
    folder work;
    for (const auto& [name, file] : films) {
        INFO(name);
        write_file(work.path / "in", file);
        const fs::path reference = work.path / "reference.mp4";
        const std::string command = "ffmpeg -nostdin -v quiet -y -i " + (work.path / "in").string() +
                                    " -map 0 -c copy -strict -2 -movflags faststart " + reference.string();
        REQUIRE(std::system(command.c_str()) == 0);
        script from;
        from.file = file;
        const auto got = save_sample(from, work.path / "out.mp4");
        REQUIRE_FALSE(got.wrong);
        const auto theirs = inspect(read_file(reference));
        const auto ours = inspect(read_file(work.path / "out.mp4"));
        REQUIRE(ours.streams.size() == theirs.streams.size());
        for (std::size_t i = 0; i < ours.streams.size(); ++i) {
            CHECK(ours.streams[i].tag == theirs.streams[i].tag);
            const auto our_packets = listed(ours.streams[i]);
            const auto their_packets = listed(theirs.streams[i]);
            CHECK(our_packets.size() == their_packets.size());
            for (std::size_t p = 0; p < std::min(our_packets.size(), their_packets.size()); ++p) {
                INFO("stream ", i, " packet ", p);
                REQUIRE(our_packets[p] == their_packets[p]);
            }
        }
    }
}
