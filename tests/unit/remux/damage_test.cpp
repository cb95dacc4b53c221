// Films that end in the middle, have holes, are encrypted, or are a header alone.
#include "unit/remux/runs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <string>
#include <vector>

using namespace mtproto;
using namespace mtproto::test;
namespace fs = std::filesystem;

namespace {

using file = std::vector<std::byte>;

file cut(file film, int percent) {
    film.resize(film.size() * static_cast<std::size_t>(percent) / 100);
    return film;
}

file with_hole(file film) {
    const auto middle = film.begin() + static_cast<std::ptrdiff_t>(film.size() / 2);
    std::fill(middle, middle + static_cast<std::ptrdiff_t>(film.size() / 10), std::byte{0});
    return film;
}

/// Up to the first of these four letters, with the size in front of them.
file until(file film, const std::string& letters) {
    const auto wanted = as_bytes(std::string_view(letters));
    const auto found = std::search(film.begin(), film.end(), wanted.begin(), wanted.end());
    REQUIRE(found != film.end());
    film.erase(found - 4, film.end());
    return film;
}

sample half_a_minute(const std::string& format) {
    return {.format = format, .frames = 300, .width = 64};
}

}  // namespace

TEST_CASE(
    "damage: a film that ends in the middle or has a hole is an error at its end, and what is whole is "
    "there") {
    const file matroska = make_sample(half_a_minute("matroska"));
    const file mp4 = made_by_ffmpeg("-i IN -c copy -movflags faststart", "mp4", matroska);
    const std::vector<std::pair<std::string, file>> films{
        {"cut Matroska", cut(matroska, 60)},
        {"cut MP4", cut(mp4, 60)},
        {"cut AVI",
         cut(made_by_ffmpeg("-i IN -c copy", "avi", make_sample({.video = "mpeg4", .audio = "mp2"})), 60)},
        {"cut FLV", cut(made_by_ffmpeg("-i IN -c copy", "flv", matroska), 60)},
        {"cut transport stream", cut(make_sample(half_a_minute("mpegts")), 61)},
        {"cut fragments",
         cut(made_by_ffmpeg("-i IN -c copy -movflags frag_keyframe+empty_moov", "mp4", matroska), 61)},
        {"Matroska with a hole", with_hole(matroska)},
        {"MP4 with a hole", with_hole(mp4)},
        {"transport stream with a hole", with_hole(make_sample(half_a_minute("mpegts")))},
    };
    for (const auto& [name, film] : films) {
        INFO(name);
        folder where;
        script from;
        from.file = film;
        const auto saved = save_sample(from, where.path / "out.mp4");
        REQUIRE(saved.wrong);
        INFO(saved.wrong->message());
        CHECK(saved.wrong->code == errc::media_damaged);
        CHECK_FALSE(saved.report.is_whole());
        const auto after = inspect(read_file(where.path / "out.mp4"));
        CHECK(after.find("video")->packets.size() >= 20);
        CHECK(saved.report.packets > 40);

        const auto live = fragment_sample(from);
        REQUIRE(live.wrong);
        CHECK(live.wrong->code == errc::media_damaged);
        CHECK(inspect(live.whole()).find("video")->packets.size() == after.find("video")->packets.size());

        const auto kept = save_sample(from, where.path / "kept.mp4", {sink::container::mp4, true});
        CHECK_FALSE(kept.wrong);
        CHECK(kept.logged("the film is damaged"));
        CHECK_FALSE(kept.report.is_whole());
    }
}

TEST_CASE("damage: films that are whole are called so") {
    const file mpegts = make_sample({.format = "mpegts"});
    file joined = mpegts;
    joined.insert(joined.end(), mpegts.begin(), mpegts.end());
    for (const file& film : {make_sample({}), make_sample({.format = "mp4"}), mpegts, joined,
                             made_by_ffmpeg("-i IN -c copy", "flv", make_sample({})),
                             made_by_ffmpeg("-f lavfi -i sine=d=1 -c:a pcm_s16le", "wav"),
                             make_sample({.format = "webm", .video = "libvpx", .audio = "libvorbis"})}) {
        folder where;
        script from;
        from.file = film;
        const auto got = save_sample(from, where.path / "out.mkv", {sink::container::matroska});
        INFO((got.wrong ? got.wrong->message() : std::string()));
        CHECK_FALSE(got.wrong);
        CHECK(got.report.is_whole());
        CHECK(got.report.packets > 20);
    }
}

TEST_CASE("damage: a header without a film, and an encrypted film, are told as what they are") {
    const file film = make_sample({});
    const std::string key = "76a6c65c5ea762046bd749a2e632ccbb";
    const file fragments = made_by_ffmpeg("-i IN -c copy -movflags frag_keyframe+empty_moov", "mp4", film);
    struct kind {
        std::string name;
        file film;
        std::string told;
    };
    const std::vector<kind> kinds{
        {"a header", until(fragments, "moof"), "no film behind it"},
        {"encrypted",
         made_by_ffmpeg("-i IN -c copy -encryption_scheme cenc-aes-ctr -encryption_key " + key +
                            " -encryption_kid " + key,
                        "mp4", film),
         "encrypted"},
        {"an index that is missing", cut(make_sample({.format = "mp4"}), 50), "no index"},
    };
    for (const kind& each : kinds) {
        INFO(each.name);
        folder where;
        script from;
        from.file = each.film;
        const auto saved = save_sample(from, where.path / "out.mp4");
        REQUIRE(saved.wrong);
        CHECK(saved.wrong->code == errc::remux_failed);
        CHECK(saved.wrong->detail.find(each.told) != std::string::npos);
        CHECK(where.is_empty());
        const auto live = fragment_sample(from);
        REQUIRE(live.wrong);
        CHECK(live.wrong->detail.find(each.told) != std::string::npos);
        CHECK(live.fragments.empty());
    }
}
