// Message ids: time in, strictly increasing numbers out.
#include "wire/msg_id.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::wire;
using namespace std::chrono_literals;

namespace {

constexpr unix_time noon = 1'700'000'000s;

}  // namespace

TEST_CASE("messages 4.6 a msg_id is the time in units of 2^-32 seconds, low bits clear") {
    CHECK(msg_id_at(noon) == (1'700'000'000ll << 32));
    CHECK(msg_id_at(noon + 500ms) == (1'700'000'000ll << 32) + 0x80000000ll);
    CHECK((msg_id_at(noon + 999'999'999ns) >> 32) == 1'700'000'000ll);
    CHECK(msg_id_at(noon + 123'456'789ns) % 4 == 0);
    CHECK(msg_id_at(0s) == 0);
    CHECK(time_of(msg_id_at(noon)) == noon);
    const auto error = noon + 123'456'789ns - time_of(msg_id_at(noon + 123'456'789ns));
    CHECK(error >= 0ns);
    CHECK(error <= 2ns);
    CHECK(time_of(0x5e308b91c2c1a801) / 1s == 0x5e308b91);
}

TEST_CASE("messages 4.6 a client's ids are divisible by 4 and increase whatever the clock does") {
    client_msg_ids ids;
    std::int64_t last = 0;
    for (const auto now : {noon, noon, noon + 1ns, noon - 10s, noon + 1s, noon + 1s, noon - 1h}) {
        const std::int64_t id = ids.next(now);
        CHECK(id > last);
        CHECK(is_client_msg_id(id));
        CHECK_FALSE(is_server_msg_id(id));
        last = id;
    }
    CHECK(ids.last() == last);
}

TEST_CASE("messages 4.6 a time beyond what a msg_id can tell makes the last one, not a negative one") {
    // A server may name any time, and this side's clock goes on from there.
    const unix_time end = time_of(0x7fffffffffffff01);
    for (const auto now : {end, end + 1s, end + 60s, end + 24h}) {
        CHECK(msg_id_at(now) > msg_id_at(noon));
        client_msg_ids ids;
        ids.set_offset(now - noon);
        const std::int64_t first = ids.next(noon);
        CHECK(first > msg_id_at(noon));
        CHECK(ids.next(noon + 1s) > first);
    }
    CHECK(msg_id_at(-1s) == 0);
}

TEST_CASE("messages 4.5 the server's time shifts a client's ids, and a new session may take it back") {
    client_msg_ids ids;
    ids.set_offset(100s);
    CHECK(time_of(ids.next(noon)) == noon + 100s);
    ids.set_offset(-100s);
    CHECK(ids.offset() == -100s);
    CHECK(time_of(ids.next(noon)) >= noon + 100s);  // never backwards
    ids.restart();
    CHECK(time_of(ids.next(noon)) == noon - 100s);
}

TEST_CASE("messages 4.6 a server's ids are 1 modulo 4 for responses, 3 otherwise, and increase") {
    server_msg_ids ids;
    std::int64_t last = 0;
    for (int i = 0; i < 20; ++i) {
        const bool response = i % 3 == 0;
        const std::int64_t id = ids.next(noon - i * 1ms, response);
        CHECK(id > last);
        CHECK(id % 4 == (response ? 1 : 3));
        CHECK(is_server_msg_id(id));
        last = id;
    }
}
