// Framings: what is written is read again however the stream is cut, and lies are found out.
#include "base/endian.hpp"
#include "unit/wire/streams.hpp"
#include "wire/crc32.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace mtproto;
using namespace mtproto::wire;
using test::append;
using test::hex;
using test::unhex;

namespace {

constexpr framing all_framings[] = {framing::abridged, framing::intermediate, framing::padded_intermediate,
                                    framing::full};

role other(role self) {
    return self == role::client ? role::server : role::client;
}

// Payloads that look like sealed messages: not zero at first, 24 + 16 n bytes.
std::vector<std::vector<std::byte>> payloads(random_source& random,
                                             std::initializer_list<std::size_t> blocks) {
    std::vector<std::vector<std::byte>> made;
    for (const std::size_t count : blocks) {
        made.push_back(test::random_bytes(random, 24 + 16 * count));
        made.back()[0] = std::byte{1};
    }
    return made;
}

std::vector<packet> drain(frame_reader& reader) {
    std::vector<packet> all;
    while (auto next = reader.next())
        all.push_back(*next);
    return all;
}

// A reader that was fed `text` (hexadecimal) as a client, and what it said.
struct fed {
    buffer_pool pool;
    frame_reader reader;
    result<void> said;

    fed(framing kind, std::string_view text, role self = role::client, std::size_t limit = default_max_packet)
        : reader(self, kind, pool, limit), said(reader.feed(unhex(text))) {}
};

}  // namespace

TEST_CASE("transport 1.1 to 1.4 packets survive every framing, both ways, however the stream is cut") {
    for (const framing kind : all_framings) {
        for (const role sender : {role::client, role::server}) {
            crypto::seeded_random random(1);
            const auto sent = payloads(random, {0, 1, 7, 6, 2});
            std::vector<std::byte> stream;
            frame_writer writer(sender, kind, random);
            for (const auto& payload : sent)
                test::write(stream, writer, payload);
            const auto check = [&](std::initializer_list<std::size_t> cuts) {
                buffer_pool pool;
                // A server finds out about the framing by itself; a client knows it.
                frame_reader reader(other(sender),
                                    sender == role::client ? std::nullopt : std::optional(kind), pool);
                byte_view rest = stream;
                for (const std::size_t cut : cuts) {
                    REQUIRE(reader.feed(rest.first(cut)));
                    rest = rest.subspan(cut);
                }
                REQUIRE(reader.feed(rest));
                const auto got = drain(reader);
                REQUIRE(got.size() == sent.size());
                for (std::size_t i = 0; i < got.size(); ++i)
                    REQUIRE(hex(got[i].view()) == hex(sent[i]));
                REQUIRE(reader.kind() == kind);
            };
            for (std::size_t cut = 0; cut <= stream.size(); ++cut)
                check({cut});
            for (std::size_t first = 1; first < stream.size(); first += 13)
                for (std::size_t second = 1; second < stream.size() - first; second += 11)
                    check({first, second});
        }
    }
}

TEST_CASE("transport 1.1 to 1.4 a stream that comes byte by byte") {
    for (const framing kind : all_framings) {
        crypto::seeded_random random(2);
        const auto sent = payloads(random, {3, 0, 700, 1});  // one larger than the scratch block
        std::vector<std::byte> stream;
        frame_writer writer(role::client, kind, random);
        for (const auto& payload : sent)
            test::write(stream, writer, payload);
        buffer_pool pool;
        frame_reader reader(role::server, std::nullopt, pool);
        for (const std::byte b : stream)
            REQUIRE(reader.feed({&b, 1}));
        const auto got = drain(reader);
        REQUIRE(got.size() == sent.size());
        for (std::size_t i = 0; i < got.size(); ++i)
            CHECK(hex(got[i].view()) == hex(sent[i]));
    }
}

TEST_CASE("a large packet is received where it stays, its encrypted part aligned") {
    for (const framing kind : all_framings) {
        crypto::seeded_random random(3);
        const auto payload = payloads(random, {512 * 1024 / 16})[0];
        std::vector<std::byte> stream;
        frame_writer writer(role::server, kind, random);
        test::write(stream, writer, payload);
        buffer_pool pool;
        frame_reader reader(role::client, kind, pool);
        // As a socket would: the room that the reader offers is filled as far as there is something.
        std::size_t reads = 0;
        for (byte_view rest = stream; !rest.empty(); ++reads) {
            const byte_span room = reader.prepare();
            const std::size_t step = std::min(room.size(), rest.size());
            std::copy_n(rest.begin(), step, room.begin());
            REQUIRE(reader.commit(step));
            rest = rest.subspan(step);
        }
        CHECK(reads == 2);
        const auto got = reader.next();
        REQUIRE(got);
        CHECK(std::equal(payload.begin(), payload.end(), got->view().begin(), got->view().end()));
        CHECK((reinterpret_cast<std::uintptr_t>(got->view().data()) + 24) % 16 == 0);
    }
}

TEST_CASE("a large packet can be looked at while it comes, but not with the framing that has a CRC") {
    for (const framing kind : all_framings) {
        CAPTURE(static_cast<int>(kind));
        crypto::seeded_random random(3);
        const std::vector<std::byte> payload = payloads(random, {1000}).front();
        std::vector<std::byte> stream;
        frame_writer writer(role::server, kind, random);
        test::write(stream, writer, payload);

        buffer_pool pool;
        frame_reader reader(role::client, kind, pool);
        CHECK(reader.missing() == 1);
        CHECK_FALSE(reader.partial());
        REQUIRE(reader.feed(byte_view(stream).first(9000)));
        CHECK(reader.missing() == stream.size() - 9000);
        const auto part = reader.partial();
        CHECK(part.has_value() == (kind != framing::full));
        if (part) {
            CHECK(part->whole.size == payload.size());  // without the framing's padding
            CHECK(part->received <= 9000);
            CHECK(part->received >= 9000 - 8);
            CHECK(std::equal(payload.begin(), payload.begin() + static_cast<std::ptrdiff_t>(part->received),
                             part->whole.view().begin()));
        }
        REQUIRE(reader.feed(byte_view(stream).subspan(9000)));
        CHECK(reader.missing() == 1);
        CHECK_FALSE(reader.partial());
        const auto whole = reader.next();
        REQUIRE(whole);
        CHECK(hex(whole->view()) == hex(payload));
        if (part) CHECK(whole->view().data() == part->whole.view().data());
    }
}

TEST_CASE("small packets share blocks of memory without running into each other") {
    crypto::seeded_random random(4);
    std::vector<std::vector<std::byte>> sent;
    for (int i = 0; i < 500; ++i)
        sent.push_back(payloads(random, {random.next_u32() % 20})[0]);
    std::vector<std::byte> stream;
    frame_writer writer(role::client, framing::intermediate, random);
    for (const auto& payload : sent)
        test::write(stream, writer, payload);
    buffer_pool pool;
    frame_reader reader(role::server, std::nullopt, pool);
    std::vector<packet> kept;
    for (byte_view rest = stream; !rest.empty();) {
        const std::size_t step = std::min<std::size_t>(rest.size(), 1 + random.next_u32() % 3000);
        REQUIRE(reader.feed(rest.first(step)));
        rest = rest.subspan(step);
        for (packet& got : drain(reader))
            kept.push_back(std::move(got));
    }
    REQUIRE(kept.size() == sent.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
        REQUIRE(hex(kept[i].view()) == hex(sent[i]));
        std::fill(kept[i].span().begin(), kept[i].span().end(),
                  std::byte{0});  // as decryption in place would
    }
}

TEST_CASE("transport 1.2 intermediate frames of mtcute's tests") {
    // mtcute/mtcute packages/core/src/network/transports/intermediate.test.ts
    fed one(framing::intermediate, "050000000501020304");
    CHECK(hex(one.reader.next()->view()) == "0501020304");
    fed two(framing::intermediate, "0500000005010203040500000003010203");
    CHECK(hex(two.reader.next()->view()) == "0501020304");
    CHECK_FALSE(two.reader.next());
    REQUIRE(two.reader.feed(unhex("01")));
    CHECK(hex(two.reader.next()->view()) == "0301020301");
    fed error(framing::intermediate, "040000006cfeffff");
    const packet_class found = classify(*error.reader.next());
    CHECK(found.kind == packet_kind::transport_error);
    CHECK(found.code == -404);

    const auto payload = unhex("6cfeffff");
    const auto script = unhex("0600000029afd26df40f");  // six bytes of padding, then what mtcute drew
    crypto::scripted_random random(script);
    std::vector<std::byte> stream;
    frame_writer padded(role::client, framing::padded_intermediate, random, false);
    test::write(stream, padded, payload);
    CHECK(hex(stream) == "0a0000006cfeffff29afd26df40f");
    stream.clear();
    frame_writer plain(role::client, framing::intermediate, random);
    test::write(stream, plain, payload);
    test::write(stream, plain, payload);
    CHECK(hex(stream) == "eeeeeeee040000006cfeffff040000006cfeffff");
}

TEST_CASE("transport 1.1 abridged lengths take one byte below 0x7f words and four from there") {
    crypto::seeded_random random(5);
    frame_writer writer(role::client, framing::abridged, random);
    CHECK(hex(writer.wrap(std::vector<std::byte>(4 * 0x7e)).header()) == "ef7e");
    CHECK(hex(writer.wrap(std::vector<std::byte>(4 * 0x7f)).header()) == "7f7f0000");
    CHECK(hex(writer.wrap(std::vector<std::byte>(4 * 0x12345)).header()) == "7f452301");
    CHECK(hex(writer.wrap(std::vector<std::byte>(4), true).header()) == "81");
    CHECK(hex(writer.wrap(std::vector<std::byte>(4 * 0x7f), true).header()) == "ff7f0000");
    // The long form is also legal for short lengths.
    fed reader(framing::abridged, "7f01000011223344");
    CHECK(hex(reader.reader.next()->view()) == "11223344");
}

TEST_CASE("transport 1.4 full frames carry length, sequence number and CRC") {
    crypto::seeded_random random(6);
    std::vector<std::byte> stream;
    frame_writer writer(role::client, framing::full, random);
    test::write(stream, writer, unhex("01020304"));
    test::write(stream, writer, unhex("05060708"));
    REQUIRE(stream.size() == 32);
    CHECK(hex(byte_view(stream).first(12)) == "100000000000000001020304");
    CHECK(load_le<std::uint32_t>(stream.data() + 12) == crc32(0, byte_view(stream).first(12)));
    CHECK(hex(byte_view(stream).subspan(16, 12)) == "100000000100000005060708");
}

TEST_CASE("transport 1.1 and 1.4 frames of grammers' tests") {
    // Lonami/grammers grammers-mtproto/src/transport/full.rs, pack_twice; abridged.rs, pack_normal,
    // pack_large
    crypto::seeded_random random(9);
    const auto payload = test::counting<128>();
    frame_writer full(role::client, framing::full, random);
    std::vector<std::byte> stream;
    test::write(stream, full, payload);
    CHECK(hex(stream) == "8c00000000000000" + hex(payload) + "86739537");
    stream.clear();
    test::write(stream, full, payload);
    CHECK(hex(stream) == "8c00000001000000" + hex(payload) + "9609f04a");
    frame_writer abridged(role::client, framing::abridged, random);
    CHECK(hex(abridged.wrap(payload).header()) == "ef20");
    CHECK(hex(abridged.wrap(std::vector<std::byte>(1024)).header()) == "7f000100");
    // The same, read back by the other end.
    fed server(framing::full, "8c00000000000000" + hex(payload) + "86739537", role::server);
    CHECK(hex(server.reader.next()->view()) == hex(payload));
}

TEST_CASE("transport 1.4 a wrong CRC or sequence number ends the stream, and what came before is delivered") {
    crypto::seeded_random random(7);
    const auto sent = payloads(random, {1, 1, 1});
    std::vector<std::byte> stream;
    frame_writer writer(role::server, framing::full, random);
    for (const auto& payload : sent)
        test::write(stream, writer, payload);
    const std::size_t whole = stream.size() / 3;
    for (std::size_t at = whole; at < 2 * whole; ++at) {
        auto changed = stream;
        changed[at] ^= std::byte{0x10};
        buffer_pool pool;
        frame_reader reader(role::client, framing::full, pool);
        const auto said = reader.feed(changed);
        CAPTURE(at);
        // A length that became larger may merely leave the reader waiting; it never delivers the changed
        // packet.
        const auto got = drain(reader);
        REQUIRE(got.size() == 1);
        REQUIRE(hex(got[0].view()) == hex(sent[0]));
        if (at >= whole + 4) {
            REQUIRE(said.error() == errc::bad_frame);
            REQUIRE(reader.feed(stream).error() == errc::bad_frame);
        }
    }
}

TEST_CASE(
    "transport 1.4 a frame that is left out, or comes twice, ends the stream, though its CRC is right") {
    crypto::seeded_random random(8);
    frame_writer writer(role::server, framing::full, random);
    std::vector<std::vector<std::byte>> frames(3);
    for (auto& frame : frames)
        test::write(frame, writer, payloads(random, {1})[0]);
    const auto read = [&](std::initializer_list<std::size_t> which) {
        buffer_pool pool;
        frame_reader reader(role::client, framing::full, pool);
        errc said{};
        for (const std::size_t each : which)
            if (const auto fed = reader.feed(frames[each]); !fed)
                said = static_cast<errc>(fed.error().value());
        return std::pair(drain(reader).size(), said);
    };
    CHECK(read({0, 1, 2}) == std::pair(std::size_t{3}, errc{}));
    CHECK(read({0, 2}) == std::pair(std::size_t{1}, errc::bad_frame));
    CHECK(read({0, 1, 1}) == std::pair(std::size_t{2}, errc::bad_frame));
    CHECK(read({1}) == std::pair(std::size_t{0}, errc::bad_frame));
}

TEST_CASE("transport 1.4 the negative length that Telegram sends instead of a frame is a transport error") {
    fed reader(framing::full, "53feffff53feffff53feffff");
    REQUIRE(reader.said);
    const packet_class found = classify(*reader.reader.next());
    CHECK(found.kind == packet_kind::transport_error);
    CHECK(found.code == -429);
    CHECK_FALSE(fed(framing::full, "53feffff53feffff53feffff", role::server).said);
}

TEST_CASE("lengths are checked before any memory is taken for them") {
    CHECK(fed(framing::intermediate, "ffffff7f").said.error() == errc::too_large);
    CHECK(fed(framing::padded_intermediate, "ffffff7f").said.error() == errc::too_large);
    CHECK(fed(framing::abridged, "7fffffff").said.error() == errc::too_large);
    CHECK(fed(framing::full, "ffffff7f00000000").said.error() == errc::too_large);
    CHECK(fed(framing::intermediate, "01010000", role::client, 256).said.error() == errc::too_large);
    CHECK(fed(framing::intermediate, "00010000", role::client, 256).said);
    CHECK(fed(framing::padded_intermediate, "0f010000", role::client, 256).said);
    CHECK(fed(framing::padded_intermediate, "10010000", role::client, 256).said.error() == errc::too_large);
}

TEST_CASE("frames without a payload are no frames") {
    CHECK(fed(framing::intermediate, "00000000").said.error() == errc::bad_frame);
    CHECK(fed(framing::intermediate, "03000000").said.error() == errc::bad_frame);
    CHECK(fed(framing::abridged, "00").said.error() == errc::bad_frame);
    CHECK(fed(framing::full, "0c00000000000000").said.error() == errc::bad_frame);
    CHECK(fed(framing::full, "0000000000000000").said.error() == errc::bad_frame);
    CHECK(fed(framing::intermediate, "00000080", role::server).said.error() == errc::bad_frame);
}

TEST_CASE(
    "transport 1.3 as much padding as hides sizes goes into obfuscated streams, and 3 bytes elsewhere") {
    struct way {
        role self;
        bool bare;
        std::size_t most;
    };
    for (const way each :
         {way{role::client, false, 15}, way{role::client, true, 3}, way{role::server, false, 3}}) {
        CAPTURE(each.most);
        CAPTURE(each.bare);
        crypto::seeded_random random(5);
        frame_writer writer(each.self, framing::padded_intermediate, random, each.bare);
        std::set<std::size_t> drawn;
        for (int i = 0; i < 500; ++i)
            drawn.insert(writer.wrap(test::random_bytes(random, 40)).trailer().size());
        CHECK(drawn.size() == each.most + 1);
        CHECK(*drawn.begin() == 0);
        CHECK(*drawn.rbegin() == each.most);
    }
}

TEST_CASE("transport 1.3 padding is dropped from sealed packets and kept on plain ones") {
    fed sealed(framing::padded_intermediate, "2b000000" + std::string(80, '1') + "aabbcc");
    CHECK(sealed.reader.next()->size == 40);
    fed plain(framing::padded_intermediate, "2b000000" + std::string(80, '0') + "aabbcc");
    CHECK(plain.reader.next()->size == 43);
}

TEST_CASE("transport 1.5 quick acknowledgements are asked for, sent and recognised") {
    crypto::seeded_random random(8);
    const auto payload = payloads(random, {1})[0];
    constexpr std::uint32_t token = 0x92345678;
    for (const framing kind : {framing::abridged, framing::intermediate, framing::padded_intermediate}) {
        buffer_pool pool;
        std::vector<std::byte> up;
        frame_writer client(role::client, kind, random);
        test::write(up, client, payload, true);
        test::write(up, client, payload, false);
        frame_reader server(role::server, std::nullopt, pool);
        REQUIRE(server.feed(up));
        CHECK(server.next()->quick_ack);
        CHECK_FALSE(server.next()->quick_ack);

        std::vector<std::byte> down;
        frame_writer answers(role::server, kind, random);
        append(down, answers.quick_ack(token).header());
        test::write(down, answers, payload, true);  // a server never asks
        frame_reader reader(role::client, kind, pool);
        REQUIRE(reader.feed(down));
        const packet_class found = classify(*reader.next());
        CHECK(found.kind == packet_kind::quick_ack);
        CHECK(found.token == token);
        CHECK(hex(reader.next()->view()) == hex(payload));
    }
    CHECK(frame_writer(role::server, framing::full, random).quick_ack(token).header().empty());
    CHECK(hex(frame_writer(role::server, framing::abridged, random).quick_ack(token).header()) == "92345678");
    CHECK(hex(frame_writer(role::server, framing::intermediate, random).quick_ack(token).header()) ==
          "78563492");
}

TEST_CASE("a server tells the transports apart by the first bytes") {
    const auto kind_of = [](std::string_view text) { return detect_transport(unhex(text)); };
    CHECK(kind_of("ef")->kind == framing::abridged);
    CHECK(kind_of("ef")->tag_size == 1);
    CHECK(kind_of("eeeeeeee")->kind == framing::intermediate);
    CHECK(kind_of("dddddddd")->kind == framing::padded_intermediate);
    CHECK(kind_of("dddddddd")->tag_size == 4);
    CHECK(kind_of("5000000000000000")->kind == framing::full);
    CHECK(kind_of("5000000000000000")->tag_size == 0);
    CHECK_FALSE(kind_of("500000000a000000")->kind);  // obfuscated (protocol 1.7), or nonsense
    for (const char* short_one : {"", "ee", "eeeeee", "50000000000000"})
        CHECK_FALSE(kind_of(short_one));

    buffer_pool pool;
    frame_reader reader(role::server, std::nullopt, pool);
    CHECK(reader.feed(as_bytes("GET / HTTP/1.1\r\n")).error() == errc::bad_frame);
    CHECK_FALSE(reader.next());
}

TEST_CASE("a stream cipher may sit below the framing") {
    // What an obfuscated connection will do: decrypt where the reader wants the bytes, then commit them.
    crypto::seeded_random random(9);
    const auto payload = payloads(random, {1000})[0];
    std::vector<std::byte> stream;
    frame_writer writer(role::server, framing::padded_intermediate, random);
    test::write(stream, writer, payload);
    for (std::byte& b : stream)
        b ^= std::byte{0x5a};
    buffer_pool pool;
    frame_reader reader(role::client, framing::padded_intermediate, pool);
    for (byte_view rest = stream; !rest.empty();) {
        const byte_span room = reader.prepare();
        const std::size_t step = std::min({room.size(), rest.size(), std::size_t{777}});
        for (std::size_t i = 0; i < step; ++i)
            room[i] = rest[i] ^ std::byte{0x5a};
        REQUIRE(reader.commit(step));
        rest = rest.subspan(step);
    }
    CHECK(hex(reader.next()->view()) == hex(payload));
}
