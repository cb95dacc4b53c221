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

// Asked in session 7: the first part has the number 1, and so on.
localdc::flood_watch::query part(std::size_t body, std::int64_t msg_id) {
    return {7, msg_id, body};
}

// Part 1 was answered with a wait of 10 s, which the client knows after 2 s; part 2 was asked before.
localdc::flood_watch flooded() {
    localdc::flood_watch made;
    CHECK_FALSE(made.asked(files, part(2, msg_id_at(-1s)), begin - 1s));
    CHECK_FALSE(made.asked(files, part(1, 100), begin));
    made.told(files, part(1, 100), begin, 10s);
    made.acknowledged(7, 100, begin + 2s);
    return made;
}

}  // namespace

TEST_CASE("what comes after the client knows of the flood and before its end is early, by the rest") {
    localdc::flood_watch floods = flooded();
    CHECK(floods.asked(files, part(1, msg_id_at(3s)), begin + 3s) == 7s);
    CHECK(floods.asked(files, part(3, msg_id_at(4s)), begin + 4s) == 6s);
    CHECK_FALSE(floods.asked({2, 5, "upload.getFile"}, part(3, msg_id_at(3s)), begin + 3s));
    CHECK_FALSE(floods.asked({1, 6, "upload.getFile"}, part(3, msg_id_at(3s)), begin + 3s));
    CHECK_FALSE(floods.asked({1, 5, "help.getConfig"}, part(3, msg_id_at(3s)), begin + 3s));
    CHECK_FALSE(floods.asked(files, part(1, msg_id_at(10s)), begin + 10s));
}

TEST_CASE("what was under way when the client came to know is not early, nor when it is sent again") {
    localdc::flood_watch floods = flooded();
    CHECK_FALSE(floods.asked(files, part(4, msg_id_at(1s)), begin + 3s));
    CHECK_FALSE(floods.asked(files, part(4, msg_id_at(4s)), begin + 4s));
    CHECK_FALSE(floods.asked(files, part(2, msg_id_at(4s)), begin + 4s));
}

TEST_CASE("what was lost with a connection comes first on the next, but not what the flood answered") {
    localdc::flood_watch floods = flooded();
    localdc::flood_watch::query lost = part(6, msg_id_at(4s));
    lost.begins = true;
    CHECK_FALSE(floods.asked(files, lost, begin + 4s));
    localdc::flood_watch::query answered = part(1, msg_id_at(4s));
    answered.begins = true;
    CHECK(floods.asked(files, answered, begin + 4s) == 6s);
}

TEST_CASE("sessions whose clocks differ are not blamed for each other's") {
    localdc::flood_watch floods;
    floods.told(files, part(1, 100), begin, 10s);
    floods.acknowledged(7, 100, begin + 200ms);
    // Asked for before the flood was known, by a session that is not 100 ms late as the other one is.
    CHECK_FALSE(floods.asked(files, part(3, msg_id_at(200ms)), begin + 230ms));
    CHECK(floods.asked(files, part(5, msg_id_at(300ms)), begin + 300ms) == 9700ms);
}

TEST_CASE("a flood that answers what was sent again already, or was not acknowledged, tells nothing") {
    localdc::flood_watch floods;
    floods.told(files, part(1, 100), begin, 10s);
    CHECK_FALSE(floods.asked(files, part(3, msg_id_at(1s)), begin + 1s));
    CHECK_FALSE(floods.asked(files, part(1, msg_id_at(1s)), begin + 1s));
    floods.acknowledged(7, 101, begin + 1s);
    floods.acknowledged(8, 100, begin + 1s);
    CHECK_FALSE(floods.asked(files, part(5, msg_id_at(2s)), begin + 2s));
    floods.acknowledged(7, 100, begin + 3s);
    CHECK_FALSE(floods.asked(files, part(1, msg_id_at(4s)), begin + 4s));
}
