// Packets that a fault holds back.
#include "localdc/held_packets.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace mtproto;
using namespace mtproto::localdc;
using namespace std::chrono_literals;
using traffic::direction;

namespace {

constexpr time_point start{};

held_packets::held packet(std::size_t size, direction way, bool until_overtaken) {
    return {way, until_overtaken, wire::packet::copy(std::vector<std::byte>(size))};
}

}  // namespace

TEST_CASE("a delayed packet goes on when its time has come, whatever overtakes it") {
    held_packets held;
    held.add(packet(4, direction::out, false), start + 2s);
    held.add(packet(8, direction::out, false), start + 1s);
    CHECK(held.next() == start + 1s);
    CHECK_FALSE(held.overtake(direction::out, start));
    CHECK_FALSE(held.take_due(start + 999ms));
    CHECK(held.take_due(start + 1s)->data.size == 8);
    CHECK_FALSE(held.take_due(start + 1s));
    CHECK(held.take_due(start + 2s)->data.size == 4);
    CHECK_FALSE(held.next());
}

TEST_CASE("a packet that is to be overtaken goes on after the next one of its way") {
    held_packets held;
    held.add(packet(4, direction::out, true), start + 1s);
    CHECK_FALSE(held.overtake(direction::in, start));
    CHECK(held.next() == start + 1s);
    CHECK(held.overtake(direction::out, start + 10ms));
    CHECK(held.next() == start + 10ms);
    CHECK_FALSE(held.overtake(direction::out, start + 20ms));
    CHECK(held.take_due(start + 20ms)->data.size == 4);
}

TEST_CASE("no more than 8 MiB are held back at once") {
    held_packets held;
    CHECK(held.takes(8u << 20));
    held.add(packet(8, direction::in, false), start);
    CHECK(held.takes((8u << 20) - 8));
    CHECK_FALSE(held.takes(8u << 20));
    held.take_due(start);
    CHECK(held.takes(8u << 20));
}
