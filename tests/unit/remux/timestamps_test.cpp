// Decode times mended as the ffmpeg program does it.
#include "remux/timestamps.hpp"

#include <doctest/doctest.h>

using mtproto::remuxing::no_time;
using mtproto::remuxing::timestamp_keeper;

namespace {

struct times {
    std::int64_t pts;
    std::int64_t dts;
    bool operator==(const times&) const = default;
};

times fixed(timestamp_keeper& keeper, std::int64_t pts, std::int64_t dts) {
    keeper.fix(pts, dts);
    return {pts, dts};
}

}  // namespace

TEST_CASE("timestamps in order stay as they are") {
    timestamp_keeper keeper;
    CHECK(fixed(keeper, 0, -80) == times{0, -80});
    CHECK(fixed(keeper, 120, -40) == times{120, -40});
    CHECK(fixed(keeper, 40, 0) == times{40, 0});
    CHECK(fixed(keeper, no_time, 40) == times{no_time, 40});
    CHECK(fixed(keeper, 80, no_time) == times{80, no_time});
}

TEST_CASE("timestamps: decode times that fall, repeat or follow presentation are mended") {
    timestamp_keeper keeper;
    CHECK(fixed(keeper, 100, 100) == times{100, 100});
    CHECK(fixed(keeper, 100, 100) == times{101, 101});
    CHECK(fixed(keeper, 60, 50) == times{102, 102});
    CHECK(fixed(keeper, no_time, 50) == times{no_time, 103});
    CHECK(fixed(keeper, 200, 300) == times{200, 200});
    CHECK(fixed(keeper, 150, 300) == times{201, 201});
}

TEST_CASE("timestamps: a first packet that is decoded after it is shown gets the earlier time") {
    timestamp_keeper keeper;
    CHECK(fixed(keeper, 40, 120) == times{40, 40});
}
