// How long a client may say nothing.
#include "localdc/idle_limit.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::localdc;
using namespace std::chrono_literals;

namespace {

constexpr time_point start{};

}  // namespace

TEST_CASE("a first packet has 10 s, a key a minute, and a client with a key 20 of silence") {
    idle_limit limit(start);
    CHECK(limit.deadline(start) == start + 10s);
    limit.packet_came(start + 5s);
    CHECK(limit.deadline(start) == start + 65s);
    CHECK_FALSE(limit.has_key());
    limit.key_seen();
    CHECK(limit.has_key());
    CHECK(limit.deadline(start) == start + 5s + 20min);
    limit.wrote(start + 1h);
    CHECK(limit.deadline(start) == start + 1h + 20min);
}

TEST_CASE("a freeze counts as none of the silence") {
    idle_limit limit(start);
    limit.packet_came(start);
    limit.key_seen();
    CHECK(limit.deadline(start + 1h) == start + 1h + 20min);
}

TEST_CASE("a client that names its own time has that, until it names another") {
    idle_limit limit(start);
    limit.close_at(start + 2h);
    CHECK(limit.deadline(start) == start + 2h);
    limit.packet_came(start + 1h);
    CHECK(limit.deadline(start + 3h) == start + 2h);
    limit.close_at(start + 61min);
    CHECK(limit.deadline(start) == start + 61min);
}
