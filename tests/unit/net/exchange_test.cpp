// The key exchange over a link: what it makes of packets that are no answers.
#include "net/exchange.hpp"

#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "unit/net/scripted_server.hpp"
#include "wire/envelope.hpp"
#include "wire/framing.hpp"

#include <doctest/doctest.h>

#include <array>

using namespace mtproto;
using namespace std::chrono_literals;
namespace io = mtproto::io;

namespace {

/// Of an exchange to which the server says something under `key`, and then -404.
failure met(const std::shared_ptr<const crypto::auth_key>& key, std::int64_t passed_over) {
    crypto::seeded_random random(1);
    io::simulation world(random);
    buffer_pool pool;
    auto [here, there] = world.net().make_pair();
    net::dialled over;
    over.stream = std::move(here);
    net::link link(std::move(over), pool, random, [] {});
    failure why;
    world.run([](io::stream& server, net::link& client, random_source& source, io::timers& time,
                 std::shared_ptr<const crypto::auth_key> old, std::int64_t left,
                 failure& into) -> io::awaitable<void> {
        wire::frame_writer frames(wire::role::server, wire::framing::intermediate, source, false);
        wire::message_header head;
        const std::array<wire::packet, 2> packets{
            wire::seal(old, wire::role::server, head, bytes::copy("late"), source).data,
            wire::transport_error(-404)};
        for (const wire::packet& each : packets) {
            const wire::frame around = frames.wrap(each.view());
            const std::array<byte_view, 3> parts{around.header(), each.view(), around.trailer()};
            CHECK(co_await server.write(parts));
        }
        handshake::options settings;
        const auto made = co_await net::exchange_key(client, std::move(settings), source, time, 1s, left);
        into = made.error();
    }(*there, link, random, world.time(), key, passed_over, why));
    return why;
}

}  // namespace

TEST_CASE("packets under a key that was used on the link before are passed over, under any other are not") {
    const auto key = test::key_of_test(1);
    CHECK(met(key, key->id()).rpc_code == -404);
    CHECK(met(key, 0).rpc_code == 0);
    CHECK(met(key, key->id() + 1).rpc_code == 0);
}
