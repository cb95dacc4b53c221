// Whether a client comes back before its flood wait is over.
#include "localdc/flood_watch.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace std::chrono_literals;

namespace {

constexpr unix_time begin = 1'750'000'000s;

std::int64_t msg_id_at(duration after) {
    const auto ns = (begin + after).count();
    return (ns / 1'000'000'000 << 32) | ((ns % 1'000'000'000 << 32) / 1'000'000'000 & ~std::int64_t{3});
}

const localdc::flood_watch::subject files{1, 5, "upload.getFile"};

}  // namespace

TEST_CASE("what comes after the client knows of the flood and before its end is early, by the rest") {
    localdc::flood_watch floods;
    floods.told(files, 7, 100, begin, 10s);
    CHECK_FALSE(floods.asked(files, msg_id_at(1s), begin + 1s));  // not known to the client yet
    floods.acknowledged(7, 100, msg_id_at(2s));
    CHECK_FALSE(floods.asked(files, msg_id_at(1s), begin + 3s));  // was under way
    CHECK(floods.asked(files, msg_id_at(3s), begin + 3s) == 7s);
    CHECK_FALSE(floods.asked({2, 5, "upload.getFile"}, msg_id_at(3s), begin + 3s));
    CHECK_FALSE(floods.asked({1, 6, "upload.getFile"}, msg_id_at(3s), begin + 3s));
    CHECK_FALSE(floods.asked({1, 5, "help.getConfig"}, msg_id_at(3s), begin + 3s));
    CHECK_FALSE(floods.asked(files, msg_id_at(10s), begin + 10s));
    CHECK(floods.empty());
}

TEST_CASE("acknowledging something else tells nothing of the flood") {
    localdc::flood_watch floods;
    floods.told(files, 7, 100, begin, 10s);
    floods.acknowledged(7, 101, msg_id_at(1s));
    floods.acknowledged(8, 100, msg_id_at(1s));
    CHECK_FALSE(floods.asked(files, msg_id_at(3s), begin + 3s));
}
