// Fragments of files whose streams do not all begin with the file.
#include "unit/remux/runs.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <string>

using namespace mtproto;
using namespace mtproto::test;

namespace {

/// Whether the file came in pieces, none of them most of it.
bool flows(const outcome_of_run& got) {
    std::size_t largest = 0;
    for (const chunk& each : got.fragments)
        largest = std::max(largest, each.data.size());
    return largest < got.whole().size() / 3;
}

/// Half a minute, small.
sample long_film() {
    sample how;
    how.frames = 750;
    how.width = 64;
    return how;
}

}  // namespace

TEST_CASE("live: a second sound track that begins late holds nothing back and keeps its place") {
    sample how = long_film();
    how.second_audio = "aac";
    how.second_begins = 20;
    script from;
    from.file = make_sample(how);
    const auto got = fragment_sample(from);
    REQUIRE_FALSE(got.wrong);
    CHECK(got.log.empty());
    CHECK(boxes(got.fragments[0].data) == "ftyp moov");
    CHECK(flows(got));
    const auto after = inspect(got.whole());
    compare(inspect(from.file), after);
    CHECK(after.streams[2].packets[0].pts == doctest::Approx(20e6).epsilon(0.01));
}

TEST_CASE("live: pictures that begin long after the sound keep their place, B-frames and all") {
    sample how = long_film();
    how.start = 15;
    how.audio_late = -15;
    script from;
    from.file = make_sample(how);
    const auto got = fragment_sample(from);
    REQUIRE_FALSE(got.wrong);
    const auto after = inspect(got.whole());
    folder where;
    REQUIRE_FALSE(save_sample(from, where.path / "out.mp4").wrong);
    compare(inspect(read_file(where.path / "out.mp4")), after);
    CHECK(after.find("video")->packets[0].pts == doctest::Approx(15e6).epsilon(0.01));
}

TEST_CASE("live: sound that begins late and is described by its packets alone is left out, and named") {
    sample how = long_film();
    how.second_audio = "ac3";
    how.second_begins = 20;
    script from;
    from.file = make_sample(how);
    auto got = fragment_sample(from);
    REQUIRE_FALSE(got.wrong);
    CHECK(flows(got));
    REQUIRE(got.log.size() == 1);
    CHECK(got.logged("audio stream 2 (ac3)"));
    CHECK(inspect(got.whole()).streams.size() == 2);

    how.audio = "";
    from.file = make_sample(how);
    got = fragment_sample(from);
    REQUIRE(got.wrong);
    CHECK(got.wrong->code == errc::remux_failed);
    CHECK(got.wrong->detail.find("ac3") != std::string::npos);
    CHECK(got.wrong->detail.find("too late") != std::string::npos);

    how.second_begins = 4;
    from.file = make_sample(how);
    got = fragment_sample(from);
    REQUIRE_FALSE(got.wrong);
    CHECK(got.log.empty());
    compare(inspect(from.file), inspect(got.whole()));
}

TEST_CASE("live: subtitles are left out of fragments, and named; a plain MP4 has them") {
    sample how;
    how.format = "mp4";
    how.subtitles = true;
    script from;
    from.file = make_sample(how);
    const auto got = fragment_sample(from);
    REQUIRE_FALSE(got.wrong);
    CHECK(got.logged("subtitle stream 2 (mov_text)"));
    CHECK_FALSE(inspect(got.whole()).find("subtitle"));

    folder where;
    const auto saved = save_sample(from, where.path / "out.mp4");
    REQUIRE_FALSE(saved.wrong);
    CHECK(saved.log.empty());
    CHECK(inspect(read_file(where.path / "out.mp4")).find("subtitle"));
}
