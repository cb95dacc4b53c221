// Packets over a stream, and what is left of them when its framing breaks.
#include "net/link.hpp"

#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"

#include <doctest/doctest.h>

#include <array>
#include <vector>

using namespace mtproto;
namespace io = mtproto::io;

namespace {

io::awaitable<void> send(io::stream& over, std::vector<std::byte> data) {
    const std::array<byte_view, 1> parts{byte_view(data)};
    CHECK(co_await over.write(parts));
}

io::awaitable<void> read_three(net::link& from, std::vector<result<wire::packet>>& into) {
    for (int count = 0; count < 3; ++count) {
        result<wire::packet> next = co_await from.read();
        into.push_back(std::move(next));
    }
}

}  // namespace

TEST_CASE("what came whole before a broken frame is delivered, then the fault, again and again") {
    crypto::seeded_random random(1);
    io::simulation world(random);
    buffer_pool pool;
    auto [here, there] = world.net().make_pair();
    net::dialled over;
    over.stream = std::move(here);
    net::link link(std::move(over), pool, random, [] {});
    // Intermediate framing: four bytes of payload, then a frame without any.
    std::vector<std::byte> data(12);
    data[0] = std::byte{4};
    world.run(send(*there, std::move(data)));
    std::vector<result<wire::packet>> got;
    world.run(read_three(link, got));  // nothing more comes: a read that waits would never end
    REQUIRE(got.size() == 3);
    CHECK(got[0].value().view().size() == 4);
    CHECK(got[1].error() == errc::bad_frame);
    CHECK(got[2].error() == errc::bad_frame);
}
