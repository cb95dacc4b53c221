// How long a client may say nothing.
#include "localdc/idle_limit.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::localdc;
using namespace std::chrono_literals;

namespace {

constexpr time_point idle_start{};

}  // namespace

TEST_CASE("a first packet has 10 s, a key a minute, and a client with a key 20 of silence") {
    idle_limit limit(idle_start);
    CHECK(limit.deadline(idle_start) == idle_start + 10s);
    limit.packet_came(idle_start + 5s);
    CHECK(limit.deadline(idle_start) == idle_start + 65s);
    CHECK_FALSE(limit.has_key());
    limit.key_seen();
    CHECK(limit.has_key());
    CHECK(limit.deadline(idle_start) == idle_start + 5s + 20min);
    limit.wrote(idle_start + 1h);
    CHECK(limit.deadline(idle_start) == idle_start + 1h + 20min);
}

TEST_CASE("a freeze counts as none of the silence") {
    idle_limit limit(idle_start);
    limit.packet_came(idle_start);
    limit.key_seen();
    CHECK(limit.deadline(idle_start + 1h) == idle_start + 1h + 20min);
}

TEST_CASE("a client that names its own time has that, until it names another") {
    idle_limit limit(idle_start);
    limit.close_at(idle_start + 2h);
    CHECK(limit.deadline(idle_start) == idle_start + 2h);
    limit.packet_came(idle_start + 1h);
    CHECK(limit.deadline(idle_start + 3h) == idle_start + 2h);
    limit.close_at(idle_start + 61min);
    CHECK(limit.deadline(idle_start) == idle_start + 61min);
}
