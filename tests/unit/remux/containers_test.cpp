// Other containers than MP4: what MP4 cannot carry, who can, and what is said about it.
#include "unit/remux/runs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

using namespace mtproto;
using namespace mtproto::test;
using sink::container;

namespace {

using file = std::vector<std::byte>;

struct kind {
    std::string name;
    file film;
    std::vector<container> carriers;  ///< that can be files and streams
    std::string named;                ///< by the error of MP4
};

std::vector<kind> kinds() {
    const std::string tone = "-f lavfi -i sine=d=1:r=48000 ";
    const std::string pictures = "-f lavfi -i testsrc=s=64x64:r=25:d=1 ";
    return {
        {"VP8 and Vorbis",
         make_sample({.format = "webm", .video = "libvpx", .audio = "libvorbis", .frames = 25}),
         {container::matroska, container::webm},
         "Matroska and WebM can"},
        {"PCM",
         made_by_ffmpeg(tone + "-c:a pcm_s16le", "wav"),
         {container::matroska, container::mov},
         "Matroska and MOV can"},
        {"FFV1", made_by_ffmpeg(pictures + "-c:v ffv1", "mkv"), {container::matroska}, "Matroska can"},
        {"ProRes and PCM",
         made_by_ffmpeg(pictures + tone + "-c:v prores_ks -c:a pcm_s16le", "mov"),
         {container::matroska, container::mov},
         "Matroska and MOV can"},
        {"VP9 in 4:4:0",
         made_by_ffmpeg(pictures + "-c:v libvpx-vp9 -cpu-used 8 -pix_fmt yuv440p", "mkv"),
         {container::matroska, container::webm},
         "Matroska and WebM can"},
    };
}

container fragmented(container what) {
    if (what == container::mov) return container::fragmented_mov;
    return what == container::mp4 ? container::fragmented_mp4 : what;
}

}  // namespace

TEST_CASE("containers: what MP4 cannot carry is refused with the names of those that can, and they do") {
    for (const kind& each : kinds()) {
        INFO(each.name);
        folder where;
        script from;
        from.file = each.film;
        const auto before = inspect(each.film);
        auto refused = save_sample(from, where.path / "out.mp4");
        REQUIRE(refused.wrong);
        CHECK(refused.wrong->code == errc::remux_failed);
        CHECK(refused.wrong->detail.find("; " + each.named) != std::string::npos);
        refused = fragment_sample(from);
        REQUIRE(refused.wrong);
        CHECK(refused.fragments.empty());
        CHECK(where.is_empty());
        for (const container carrier : each.carriers) {
            const auto saved = save_sample(from, where.path / "out", {carrier});
            INFO((saved.wrong ? saved.wrong->message() : std::string()));
            REQUIRE_FALSE(saved.wrong);
            CHECK(saved.log.empty());
            const auto live = fragment_sample(from, {fragmented(carrier)});
            REQUIRE_FALSE(live.wrong);
            const auto in_file = inspect(read_file(where.path / "out"));
            const auto streamed = inspect(live.whole());
            REQUIRE(in_file.streams.size() == before.streams.size());
            REQUIRE(streamed.streams.size() == before.streams.size());
            for (std::size_t i = 0; i < before.streams.size(); ++i) {
                CHECK(in_file.streams[i].codec == before.streams[i].codec);
                CHECK(in_file.streams[i].packets.size() >= before.streams[i].packets.size());
                CHECK(streamed.streams[i].packets.size() >= before.streams[i].packets.size());
            }
        }
    }
}

TEST_CASE("containers: AAC of a transport stream, and AVI without times, go into Matroska") {
    for (const file& film :
         {make_sample({.format = "mpegts"}),
          made_by_ffmpeg("-i IN -c copy", "avi", make_sample({.video = "mpeg4", .audio = "mp2"}))}) {
        folder where;
        script from;
        from.file = film;
        const auto saved = save_sample(from, where.path / "out", {container::matroska});
        INFO((saved.wrong ? saved.wrong->message() : std::string()));
        REQUIRE_FALSE(saved.wrong);
        const auto live = fragment_sample(from, {container::matroska});
        REQUIRE_FALSE(live.wrong);
        const auto before = inspect(film);
        for (const file_facts& after : {inspect(read_file(where.path / "out")), inspect(live.whole())}) {
            REQUIRE(after.streams.size() == before.streams.size());
            for (std::size_t i = 0; i < before.streams.size(); ++i)
                CHECK(after.streams[i].packets.size() == before.streams[i].packets.size());
        }
    }
}

TEST_CASE(
    "containers: Matroska takes fonts, subtitles and covers along; chapters are no stream that is lost") {
    folder where;
    script from;
    from.file = make_sample({.tags = true});
    write_file(where.path / "font", as_bytes(std::string_view("no font at all")));
    const file film = made_by_ffmpeg("-i IN -map 0 -c copy -attach " + (where.path / "font").string() +
                                         " -metadata:s:t mimetype=application/x-truetype-font "
                                         "-metadata:s:t filename=a.ttf",
                                     "mkv", make_sample({.subtitles = true, .tags = true}));
    from.file = film;
    const auto saved = save_sample(from, where.path / "out", {container::matroska});
    REQUIRE_FALSE(saved.wrong);
    CHECK(saved.log.empty());
    const auto after = inspect(read_file(where.path / "out"));
    CHECK(after.find("subtitle"));
    CHECK(after.find("attachment"));
    CHECK(after.chapters.size() == 2);

    from.file = make_sample({.format = "mp4", .tags = true});
    const auto chapters = save_sample(from, where.path / "chapters.mp4");
    REQUIRE_FALSE(chapters.wrong);
    CHECK(chapters.log.empty());
    CHECK(inspect(read_file(where.path / "chapters.mp4")).chapters.size() == 2);
}

TEST_CASE("containers: no false reasons: AVI without marks of key frames, and parameters that come late") {
    folder where;
    script from;
    from.file = made_by_ffmpeg("-i IN -map 0:v -c copy", "avi", make_sample({.video = "mpeg4", .audio = ""}));
    const auto letters = as_bytes(std::string_view("idx1"));
    const auto index = std::search(from.file.begin(), from.file.end(), letters.begin(), letters.end());
    REQUIRE(index != from.file.end());
    for (auto entry = index + 8; from.file.end() - entry >= 16; entry += 16)
        std::fill_n(entry + 4, 4, std::byte{0});
    CHECK_FALSE(save_sample(from, where.path / "out.mp4").wrong);
    const auto live = fragment_sample(from);
    INFO((live.wrong ? live.wrong->message() : std::string()));
    CHECK_FALSE(live.wrong);
    CHECK(inspect(live.whole()).find("video")->packets.size() == 75);

    // Six megabytes, which is more than libavformat looks at, before the first parameters.
    const file large = made_by_ffmpeg(
        "-f lavfi -i testsrc2=s=320x240:r=25:d=14,noise=alls=90:allf=t -f lavfi -i sine=d=14:r=48000 "
        "-c:v libx264 -preset ultrafast -g 300 -x264-params scenecut=0:aud=1 -b:v 7M -c:a aac",
        "ts");
    REQUIRE(large.size() > 8'000'000);
    from.file.assign(large.begin() + 188 * 200, large.end());
    const auto late = save_sample(from, where.path / "late.mp4");
    INFO((late.wrong ? late.wrong->message() : std::string()));
    CHECK_FALSE(late.wrong);
    CHECK(inspect(read_file(where.path / "late.mp4")).find("video"));
}
