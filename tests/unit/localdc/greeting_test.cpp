// What the local data centre makes of a connection's first bytes, at its own ports and at its MTProxy's.
#include "raw_client.hpp"
#include "tunnel/read_exactly.hpp"
#include "wire/fake_tls.hpp"
#include "wire/obfuscated.hpp"
#include "wire/tls_records.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <array>

using namespace mtproto;
using namespace mtproto::localdc::testing;
namespace io = mtproto::io;

namespace {

const std::string key_text = "00112233445566778899aabbccddeeff";
const std::string tls_text = "ee" + key_text + "6578616d706c652e6f7267";  // example.org

local_dc_options with_proxy(std::string secret) {
    local_dc_options options;
    options.proxy_secret = std::move(secret);
    return options;
}

struct started {
    explicit started(const std::string& secret = "") : all(with_folder(secret)) {}

    local_dc_options with_folder(const std::string& secret) {
        local_dc_options options = with_proxy(secret);
        options.folder = folder.path();
        return options;
    }
    io::endpoint proxy_at() const { return {"127.0.0.1", all.cluster.info().proxy_port}; }

    temporary_folder folder;
    world all;
};

io::awaitable<std::unique_ptr<io::stream>> connect(world& in, io::endpoint where) {
    auto made = co_await in.simulation.net().connect(where);
    REQUIRE(made.has_value());
    co_return std::move(*made);
}

io::awaitable<void> send(io::stream& to, byte_view data, std::size_t step) {
    while (!data.empty()) {
        const std::array<byte_view, 1> parts{data.first(std::min(step, data.size()))};
        data = data.subspan(parts[0].size());
        const auto sent = co_await to.write(parts);
        REQUIRE(sent.has_value());
    }
}

/// A query of the key exchange, in its plain envelope.
wire::packet ask_pq(world& in) {
    tl::req_pq_multi query;
    in.random.fill(query.nonce);
    wire::client_msg_ids ids;
    return wire::write_plain(ids.next(in.simulation.time().unix_now()), tl::encode(query));
}

/// The bytes of an obfuscated stream that carries ask_pq, and what its answer is read with.
struct obfuscated_query {
    obfuscated_query(world& in, wire::framing kind, wire::dc_mark where, const wire::proxy_key* key)
        : offer(wire::offer_obfuscation(kind, where, key, in.random)) {
        wire::frame_writer writer(wire::role::client, kind, in.random, false);
        const wire::packet query = ask_pq(in);
        const wire::frame around = writer.wrap(query.view());
        data.assign(offer.header.begin(), offer.header.end());
        for (const byte_view part : {byte_view(around.header()), query.view(), byte_view(around.trailer())})
            data.insert(data.end(), part.begin(), part.end());
        offer.ciphers.send.apply(byte_span(data).subspan(offer.header.size()));
    }

    wire::obfuscation_offer offer;
    std::vector<std::byte> data;
};

/// What comes back until the server closes, or until there are so many bytes.
io::awaitable<std::vector<std::byte>> answer(io::stream& from, std::size_t most) {
    std::vector<std::byte> got;
    std::array<std::byte, 4096> room;
    while (got.size() < most) {
        const auto count = co_await from.read_some(room);
        if (!count || *count == 0) break;
        got.insert(got.end(), room.begin(), room.begin() + static_cast<std::ptrdiff_t>(*count));
    }
    co_return got;
}

constexpr std::size_t least_answer = 85;  // of resPQ in its envelope and the shortest frame

io::awaitable<void> is_answered(world& in, io::endpoint where, wire::framing kind, wire::dc_mark mark,
                                const wire::proxy_key* key, std::size_t step) {
    obfuscated_query query(in, kind, mark, key);
    const auto stream = co_await connect(in, where);
    co_await send(*stream, query.data, step);
    std::vector<std::byte> got = co_await answer(*stream, least_answer);
    REQUIRE(got.size() >= least_answer);
    query.offer.ciphers.receive.apply(got);
    buffer_pool pool;
    wire::frame_reader reader(wire::role::client, kind, pool);
    REQUIRE(reader.feed(got).has_value());
    const auto packet = reader.next();
    REQUIRE(packet.has_value());
    const auto plain = wire::read_plain(*packet);
    REQUIRE(plain.has_value());
    CHECK(tl::decode_prefix<tl::resPQ>(plain->body).has_value());
}

/// Nothing is answered, and the connection is closed.
io::awaitable<void> is_refused(world& in, io::endpoint where, byte_view data) {
    const auto stream = co_await connect(in, where);
    const std::array<byte_view, 1> parts{data};
    co_await stream->write(parts);
    const auto got = co_await answer(*stream, 1);
    CHECK(got.empty());
}

wire::proxy_key key_of(const std::string& secret) {
    return wire::parse_proxy_secret(secret).value().key;
}

}  // namespace

TEST_CASE(
    "protocol 1.7: each port takes obfuscated streams of each framing, whatever data centre they name") {
    started here;
    for (const wire::framing kind :
         {wire::framing::abridged, wire::framing::intermediate, wire::framing::padded_intermediate})
        for (const std::size_t step : {1, 63, 64, 1000})
            here.all.run(is_answered(here.all, here.all.where(1), kind, {77, true, true}, nullptr, step));
}

TEST_CASE("protocol 1.1 to 1.4: plain framings are still known when their bytes come one by one") {
    started here;
    for (const wire::framing kind : {wire::framing::abridged, wire::framing::intermediate,
                                     wire::framing::padded_intermediate, wire::framing::full}) {
        here.all.run([](world& in, wire::framing kind) -> io::awaitable<void> {
            wire::frame_writer writer(wire::role::client, kind, in.random);
            const wire::packet query = ask_pq(in);
            const wire::frame around = writer.wrap(query.view());
            const io::endpoint where = in.where(1);
            const auto stream = co_await connect(in, where);
            co_await send(*stream, around.header(), 1);
            co_await send(*stream, query.view(), 1);
            co_await send(*stream, around.trailer(), 1);
            const auto got = co_await answer(*stream, least_answer);
            CHECK(got.size() >= least_answer);
        }(here.all, kind));
    }
}

TEST_CASE("first bytes that are none of these are refused without an answer") {
    started here;
    const io::endpoint port = here.all.where(1);
    std::vector<std::byte> junk(64);
    here.all.random.fill(junk);
    junk[0] = std::byte{1};
    const std::string http =
        "GET / HTTP/1.1\r\nHost: example.org\r\nUser-Agent: somebody who is lost here\r\n\r\n";
    wire::proxy_secret secret = wire::parse_proxy_secret(tls_text).value();
    const auto hello =
        wire::make_client_hello(secret, here.all.simulation.time().unix_now(), here.all.random);
    for (const byte_view first : {byte_view(junk), as_bytes(http), byte_view(hello.record)})
        here.all.run(is_refused(here.all, port, first));
}

TEST_CASE(
    "protocol 1.8: the proxy takes the framings that its secret allows, to the data centre that is named") {
    const wire::proxy_key key = key_of(key_text);
    for (const bool padded_only : {false, true}) {
        started here((padded_only ? "dd" : "") + key_text);
        world& all = here.all;
        const io::endpoint proxy = here.proxy_at();
        all.run(is_answered(all, proxy, wire::framing::padded_intermediate, {2}, &key, 1000));
        all.run(is_answered(all, proxy, wire::framing::padded_intermediate, {3, false, true}, &key, 1));
        if (!padded_only) {
            all.run(is_answered(all, proxy, wire::framing::abridged, {1}, &key, 1000));
            all.run(is_answered(all, proxy, wire::framing::intermediate, {1, true}, &key, 1000));
            continue;
        }
        const obfuscated_query query(all, wire::framing::intermediate, {1}, &key);
        all.run(is_refused(all, proxy, query.data));
    }
}

TEST_CASE(
    "protocol 1.8: the proxy refuses another secret, none at all, and data centres that are not there") {
    const wire::proxy_key key = key_of(key_text);
    const wire::proxy_key other = key_of("00112233445566778899aabbccddee00");
    started here(key_text);
    world& all = here.all;
    for (const wire::proxy_key* with : {&other, static_cast<const wire::proxy_key*>(nullptr)}) {
        const obfuscated_query query(all, wire::framing::intermediate, {2}, with);
        all.run(is_refused(all, here.proxy_at(), query.data));
    }
    for (const int dc : {0, 4, 9999}) {
        const obfuscated_query query(all, wire::framing::intermediate, {dc}, &key);
        all.run(is_refused(all, here.proxy_at(), query.data));
    }
}

TEST_CASE("protocol 1.9: the proxy takes a hello of fake TLS once, and within its time") {
    started here(tls_text);
    world& all = here.all;
    const wire::proxy_secret secret = wire::parse_proxy_secret(tls_text).value();
    const unix_time now = all.simulation.time().unix_now();
    const auto hello = wire::make_client_hello(secret, now, all.random);
    const auto late = wire::make_client_hello(secret, now - std::chrono::hours(1), all.random);
    all.run([](world& in, io::endpoint where, const wire::client_hello& hello,
               const wire::proxy_secret& secret) -> io::awaitable<void> {
        const auto stream = co_await connect(in, where);
        co_await send(*stream, hello.record, 100);
        std::vector<std::byte> reply;
        for (;;) {
            const std::size_t wanted = wire::fake_tls_reply_size(reply).value();
            const std::size_t have = reply.size();
            if (wanted == have) break;
            reply.resize(wanted);
            const auto got = co_await tunnel::read_exactly(*stream, byte_span(reply).subspan(have));
            REQUIRE(got.has_value());
        }
        CHECK(wire::check_fake_tls_reply(reply, hello.random, secret.key).has_value());

        // A record that is none ends it, whatever came before.
        obfuscated_query query(in, wire::framing::padded_intermediate, wire::dc_mark{2}, &secret.key);
        wire::tls_record_writer records(wire::role::client);
        const std::array<byte_view, 1> parts{query.data};
        const auto sent = co_await stream->write(records.wrap(parts));
        REQUIRE(sent.has_value());
        const auto answered = co_await answer(*stream, least_answer);
        CHECK(answered.size() >= least_answer);
        co_await send(*stream, as_bytes("no record"), 100);
        const auto rest = co_await answer(*stream, 1u << 20);
        CHECK(rest.size() < 1000);
    }(all, here.proxy_at(), hello, secret));
    all.run(is_refused(all, here.proxy_at(), hello.record));
    all.run(is_refused(all, here.proxy_at(), late.record));
    const obfuscated_query plain(all, wire::framing::padded_intermediate, {2}, &secret.key);
    all.run(is_refused(all, here.proxy_at(), plain.data));
}

TEST_CASE("a client that goes away in mid greeting, and a cluster that stops in it, leave nothing behind") {
    const wire::proxy_key key = key_of(tls_text);
    for (const std::size_t size : {0, 1, 3, 7, 20, 63, 64, 70}) {
        started here(tls_text);
        world& all = here.all;
        const wire::proxy_secret secret = wire::parse_proxy_secret(tls_text).value();
        const auto hello = wire::make_client_hello(secret, all.simulation.time().unix_now(), all.random);
        const obfuscated_query query(all, wire::framing::abridged, {2}, &key);
        const std::array wheres{all.where(1), here.proxy_at()};
        const std::array<byte_view, 2> whats{query.data, hello.record};
        std::vector<std::unique_ptr<io::stream>> open;
        for (std::size_t i = 0; i < 2; ++i) {
            all.run([](world& in, io::endpoint where, byte_view data, bool leave,
                       std::vector<std::unique_ptr<io::stream>>& open) -> io::awaitable<void> {
                auto stream = co_await connect(in, where);
                co_await send(*stream, data, 1000);
                if (!leave) open.push_back(std::move(stream));
            }(all, wheres[i], whats[i].first(size), size % 2 == 0, open));
        }
        all.simulation.settle();
        all.cluster.stop();
        all.simulation.settle();
        for (const auto& each : open) {
            all.run([](io::stream& from) -> io::awaitable<void> {
                const auto got = co_await answer(from, 1u << 20);
                CHECK(got.size() < 10'000);  // closed
            }(*each));
        }
    }
}

TEST_CASE("a secret that is none, and a run of ports that ends too high, make no cluster") {
    temporary_folder folder;
    crypto::seeded_random random(1);
    io::simulation world(random);
    const auto code = [&](local_dc_options options) -> boost::system::error_code {
        options.folder = folder.path();
        try {
            local_dc_access::make(world.make_environment(), std::move(options), test_key());
        } catch (const error& thrown) {
            return thrown.code();
        }
        return {};
    };
    CHECK(code(with_proxy("nonsense")) == errc::bad_argument);
    CHECK_FALSE(code(with_proxy(key_text)));
    local_dc_options high = with_proxy(key_text);
    high.port = 65530;
    CHECK(code(high) == errc::bad_argument);
    high.port = 65529;
    CHECK_FALSE(code(high));
}
