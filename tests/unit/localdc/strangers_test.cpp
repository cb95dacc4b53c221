// What the server puts up with from those who have no key, or fall silent: time, memory, connections.
#include "film.hpp"
#include "localdc/server.hpp"
#include "wire/container.hpp"
#include "wire/obfuscated.hpp"

#include <doctest/doctest.h>

#include <array>
#include <optional>
#include <vector>

using namespace mtproto;
using namespace mtproto::localdc::testing;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace wire = mtproto::wire;

namespace {

io::awaitable<std::unique_ptr<io::stream>> connect_to(world& in, io::endpoint where) {
    auto made = co_await in.simulation.net().connect(where);
    REQUIRE(made.has_value());
    co_return std::move(*made);
}

io::awaitable<void> write(io::stream& to, std::vector<std::byte> data) {
    const std::array<byte_view, 1> parts{data};
    const auto written = co_await to.write(parts);
    if (!written) co_return;
}

/// How long it takes from now until the server closes.
io::awaitable<duration> closed_after(world& in, io::stream& stream) {
    const time_point before = in.simulation.time().now();
    std::array<std::byte, 4096> room;
    for (;;) {
        const auto count = co_await stream.read_some(room);
        if (!count || *count == 0) break;
    }
    co_return in.simulation.time().now() - before;
}

std::vector<std::byte> filled(std::size_t size, unsigned char with) {
    return std::vector<std::byte>(size, static_cast<std::byte>(with));
}

std::vector<std::byte> as_vector(std::string_view text) {
    const byte_view all = as_bytes(text);
    return {all.begin(), all.end()};
}

/// The head of a frame of so many bytes and the first ones of it, a plain message's or one's under `key`.
std::vector<std::byte> begun_frame(wire::framing kind, std::uint32_t size, std::int64_t key) {
    std::vector<std::byte> made;
    const auto put = [&](std::uint64_t value, std::size_t bytes) {
        for (std::size_t i = 0; i < bytes; ++i)
            made.push_back(static_cast<std::byte>(value >> (8 * i)));
    };
    switch (kind) {
        case wire::framing::abridged:
            put(0xef, 1);
            put((std::uint64_t{size} / 4) << 8 | 0x7f, 4);
            break;
        case wire::framing::intermediate:
            put(0xeeeeeeee, 4);
            put(size, 4);
            break;
        case wire::framing::padded_intermediate:
            put(0xdddddddd, 4);
            put(size, 4);
            break;
        case wire::framing::full:
            put(std::uint64_t{size} + 12, 4);
            put(0, 4);
            break;
    }
    put(static_cast<std::uint64_t>(key), 8);
    return made;
}

}  // namespace

TEST_CASE("a client that says nothing, or not all of its greeting, is left after 10 s") {
    const std::string secret = "00112233445566778899aabbccddeeff";
    local_dc_options options;
    std::vector<std::byte> said;
    bool proxy = false;
    SUBCASE("nothing") {}
    SUBCASE("half an obfuscated header") {
        said = std::vector<std::byte>(40, std::byte{0x5a});
    }
    SUBCASE("nothing to the proxy") {
        options.proxy_secret = secret;
        proxy = true;
    }
    SUBCASE("half a hello of fake TLS") {
        options.proxy_secret = "ee" + secret + "6578616d706c652e6f7267";
        said = as_vector("\x16\x03\x01");
        proxy = true;
    }
    world here(options);
    const io::endpoint where =
        proxy ? io::endpoint{"127.0.0.1", here.cluster.info().proxy_port} : here.where(1);
    here.run([](world& in, io::endpoint to, std::vector<std::byte> words) -> io::awaitable<void> {
        const auto stream = co_await connect_to(in, to);
        if (!words.empty()) co_await write(*stream, std::move(words));
        const duration after = co_await closed_after(in, *stream);
        CHECK(after == 10s);
        CHECK(local_dc_access::connections(in.cluster) == 0);
    }(here, where, said));
}

TEST_CASE("a first packet has 10 s to come, a key one minute of silence, and a client with a key 20") {
    world here;
    raw_client client(here, 1);
    here.run([](world& in, raw_client& c) -> io::awaitable<void> {
        const auto stream = co_await connect_to(in, in.where(1));
        // Byte by byte it comes no sooner.
        co_await write(*stream, filled(4, 0xee));
        co_await in.simulation.time().sleep_for(6s);
        co_await write(*stream, filled(3, 0));
        const duration first = co_await closed_after(in, *stream);
        CHECK(first == 4s);

        co_await c.connect();
        tl::req_pq_multi query;
        const bytes body = tl::encode(query);
        co_await c.send_plain(body);
        const duration without = co_await closed_after(in, *c.stream);
        CHECK(without == 60s);

        co_await c.connect();
        co_await c.make_key();
        const bytes knock = tl::encode(tl::ping{});
        for (int i = 0; i < 3; ++i) {
            co_await in.simulation.time().sleep_for(19min);
            co_await c.send(knock);
            co_await c.next_of(tl::pong::tl_id);
        }
        const duration with = co_await closed_after(in, *c.stream);
        CHECK(with == 20min);
    }(here, client));
}

TEST_CASE("a client that names its own time of silence has that, not another") {
    world here;
    raw_client client(here, 1);
    here.run([](world& in, raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        tl::ping_delay_disconnect ping;
        ping.disconnect_delay = 7200;
        const bytes body = tl::encode(ping);
        co_await c.send(body);
        const duration after = co_await closed_after(in, *c.stream);
        CHECK(after == 2h);
    }(here, client));
}

TEST_CASE("a freeze of a scenario is not taken for a client's silence") {
    local_dc_options options;
    options.scenario = "on connect 1: freeze for 30s";
    world here(options);
    raw_client client(here, 1);
    here.run([](raw_client& c) -> io::awaitable<void> { co_await c.make_key(); }(client));
}

TEST_CASE("before there is a key a frame has 16 KiB at most, whatever the framing") {
    using wire::framing;
    for (const framing kind :
         {framing::abridged, framing::intermediate, framing::padded_intermediate, framing::full})
        for (const std::int64_t key : {0, 0x1234}) {
            CAPTURE(static_cast<int>(kind));
            CAPTURE(key);
            world here;
            raw_client client(here, 1);
            here.run([](world& in, raw_client& c, framing how, std::int64_t named) -> io::awaitable<void> {
                const auto large = co_await connect_to(in, in.where(1));
                co_await write(*large, begun_frame(how, (16 << 10) + 4, named));
                const duration at_once = co_await closed_after(in, *large);
                CHECK(at_once == 0s);
                const auto fitting = co_await connect_to(in, in.where(1));
                co_await write(*fitting, begun_frame(how, 16 << 10, named));
                const duration at_limit = co_await closed_after(in, *fitting);
                CHECK(at_limit == 10s);
                // Who has a key may send more.
                co_await c.make_key();
                const auto known = co_await connect_to(in, in.where(1));
                co_await write(*known, begun_frame(how, 1 << 20, c.key->id()));
                const duration with_key = co_await closed_after(in, *known);
                CHECK(with_key == 10s);
            }(here, client, kind, key));
        }
}

TEST_CASE("inside an obfuscated stream a frame before a key has 16 KiB at most, too") {
    world here;
    here.run([](world& in) -> io::awaitable<void> {
        const auto stream = co_await connect_to(in, in.where(1));
        wire::obfuscation_offer offer =
            wire::offer_obfuscation(wire::framing::intermediate, {}, nullptr, in.random);
        std::vector<std::byte> data = begun_frame(wire::framing::intermediate, (16 << 10) + 4, 0);
        data.erase(data.begin(), data.begin() + 4);
        offer.ciphers.send.apply(data);
        data.insert(data.begin(), offer.header.begin(), offer.header.end());
        co_await write(*stream, data);
        const duration after = co_await closed_after(in, *stream);
        CHECK(after == 0s);
    }(here));
}

TEST_CASE("one connection too many takes the place of the oldest without a key, and of no other") {
    local_dc_options options;
    options.most_clients = 4;
    world here(options);
    raw_client first(here, 1);
    raw_client second(here, 1);
    here.run([](world& in, raw_client& a, raw_client& b) -> io::awaitable<void> {
        co_await a.make_key();
        std::vector<std::unique_ptr<io::stream>> silent;
        for (int i = 0; i < 3; ++i) {
            auto one = co_await connect_to(in, in.where(1));
            // One of them has greeted.
            if (i == 1) co_await write(*one, filled(4, 0xee));
            silent.push_back(std::move(one));
            co_await in.simulation.time().sleep_for(1ms);
        }
        CHECK(local_dc_access::connections(in.cluster) == 4);
        co_await b.make_key();
        const duration oldest = co_await closed_after(in, *silent[0]);
        CHECK(oldest == 0s);
        const auto third = co_await connect_to(in, in.where(1));
        const duration next = co_await closed_after(in, *silent[1]);
        CHECK(next == 0s);
        const bytes knock = tl::encode(tl::ping{});
        for (raw_client* each : {&a, &b}) {
            co_await each->send(knock);
            co_await each->next_of(tl::pong::tl_id);
        }
        CHECK(local_dc_access::connections(in.cluster) == 4);
    }(here, first, second));
}

TEST_CASE("where all have keys one connection too many is closed at once") {
    local_dc_options options;
    options.most_clients = 2;
    world here(options);
    raw_client first(here, 1);
    raw_client second(here, 1);
    here.run([](world& in, raw_client& a, raw_client& b) -> io::awaitable<void> {
        co_await a.make_key();
        co_await b.make_key();
        const auto third = co_await connect_to(in, in.where(1));
        const duration after = co_await closed_after(in, *third);
        CHECK(after == 0s);
        a.stream->close();
        co_await in.simulation.time().sleep_for(1ms);
        const auto fourth = co_await connect_to(in, in.where(1));
        const duration later = co_await closed_after(in, *fourth);
        CHECK(later == 10s);
    }(here, first, second));
}

TEST_CASE("connections leave a process files for other things") {
    CHECK(localdc::connections_for(64) == 32);
    CHECK(localdc::connections_for(256) == 128);
    CHECK(localdc::connections_for(1024) == 832);
    CHECK(localdc::connections_for(1'000'000) == 10'000);
    CHECK(localdc::connections_for(~std::uint64_t{0}) == 10'000);
    CHECK(localdc::connections_for(0) == 1);
}

TEST_CASE("messages 5.2 a packet inflates to 8 MiB at most, each query of it once") {
    local_dc_options options;
    // Whatever looks at queries first must not inflate them again.
    SUBCASE("no fault watches queries") {}
    SUBCASE("a fault watches queries") {
        options.faults = {"lost-key@getPassword"};
    }
    world here(options);
    raw_client client(here, 1);
    raw_client other(here, 1);
    here.run([](world& in, raw_client& c, raw_client& o) -> io::awaitable<void> {
        constexpr int bombs = 490;
        constexpr std::int64_t most = 8 << 20;
        co_await c.make_key();
        const bytes bomb = wire::pack_gzip(std::vector<std::byte>(4 << 20)).value();
        const bytes good = with_layer(tl::encode(tl::help::getNearestDc{}));
        std::vector<wire::contained> inside;
        std::vector<std::int64_t> asked;
        for (int i = 0; i <= bombs; ++i) {
            asked.push_back(c.new_msg_id());
            inside.push_back({asked.back(), c.next_seqno(true), i == 0 ? good : bomb});
        }
        const bytes container = wire::write_container(inside);
        const std::int64_t around = c.new_msg_id();
        co_await c.send_numbered(container, around, c.next_seqno(false));
        const bytes first = co_await c.answer_to(asked.front());
        CHECK(tl::decode<tl::nearestDc>(first).has_value());
        const bytes last = co_await c.answer_to(asked.back());
        CHECK(tl::decode<tl::rpc_error>(last).value().error_message == "INPUT_FETCH_ERROR");
        const std::int64_t spent = local_dc_access::counts(in.cluster).inflated;
        CHECK(spent > most / 2);
        CHECK(spent <= most);
        // The next packet has as much again, and others are served.
        co_await o.make_key();
        const std::string served = co_await o.error_of(good);
        CHECK(served.empty());
    }(here, client, other));
}

TEST_CASE("messages 5.2 what is inflated in vain counts, and wrappers within wrappers, too") {
    world here;
    raw_client client(here, 1);
    here.run([](world& in, raw_client& c) -> io::awaitable<void> {
        co_await c.make_key();
        // Its checksum is wrong, which shows when all is inflated.
        const bytes whole = wire::pack_gzip(std::vector<std::byte>(3 << 20)).value();
        std::vector<std::byte> damaged(whole.begin(), whole.end());
        damaged[damaged.size() - 8] ^= std::byte{0xff};
        // gzip_packed in invokeWithoutUpdates in gzip_packed
        tl::invokeWithoutUpdates wrapper;
        wrapper.query = tl::raw{wire::pack_gzip(std::vector<std::byte>(3 << 20)).value()};
        const bytes nested = wire::pack_gzip(tl::encode(wrapper)).value();
        for (const bytes& each : {bytes::copy(damaged), nested}) {
            const std::int64_t before = local_dc_access::counts(in.cluster).inflated;
            std::vector<wire::contained> inside;
            for (int i = 0; i < 20; ++i) {
                const std::int64_t msg_id = c.new_msg_id();
                inside.push_back({msg_id, c.next_seqno(true), each});
            }
            const std::int64_t last = inside.back().msg_id;
            const bytes container = wire::write_container(inside);
            const std::int64_t around = c.new_msg_id();
            co_await c.send_numbered(container, around, c.next_seqno(false));
            const bytes refused = co_await c.answer_to(last);
            CHECK(tl::decode<tl::rpc_error>(refused).value().error_message == "INPUT_FETCH_ERROR");
            const std::int64_t spent = local_dc_access::counts(in.cluster).inflated - before;
            CHECK(spent > (6 << 20));
            CHECK(spent <= (8 << 20));
        }
    }(here, client));
}
