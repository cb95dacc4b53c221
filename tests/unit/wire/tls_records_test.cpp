// Data in records: split, cut anywhere, put together again.
#include "wire/tls_records.hpp"

#include "streams.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::wire;
using test::hex;
using test::unhex;

namespace {

std::vector<std::byte> wrapped(tls_record_writer& writer, std::span<const byte_view> parts) {
    std::vector<std::byte> stream;
    for (const byte_view part : writer.wrap(parts))
        test::append(stream, part);
    return stream;
}

/// Reads a stream that comes in steps of at most `step`, into rooms of at most `room`.
result<std::vector<std::byte>> read(tls_record_reader& reader, byte_view stream, std::size_t step,
                                    std::size_t room) {
    std::vector<std::byte> data;
    std::vector<std::byte> place(room);
    while (!stream.empty()) {
        const std::size_t wanted = reader.wants(room);
        REQUIRE(wanted > 0);
        REQUIRE(wanted <= room);
        const std::size_t now = std::min({wanted, step, stream.size()});
        std::copy_n(stream.begin(), now, place.begin());
        stream = stream.subspan(now);
        const auto count = reader.take(byte_view(place).first(now));
        if (!count) return count.error();
        REQUIRE(*count <= now);
        test::append(data, byte_view(place).first(*count));
    }
    return data;
}

}  // namespace

TEST_CASE(
    "protocol 1.11: a client's first flight changes the cipher, and no record has more than 2878 bytes") {
    crypto::seeded_random random(1);
    const auto header = test::random_bytes(random, 64);
    const auto data = test::random_bytes(random, 8000);
    tls_record_writer writer(role::client);
    CHECK(writer.wrap({}).empty());
    const std::array<byte_view, 2> parts{header, data};
    const auto stream = wrapped(writer, parts);
    CHECK(hex(byte_view(stream).first(11)) ==
          "140303000101"
          "1703030b3e");
    CHECK(hex(byte_view(stream).subspan(11, 64)) == hex(header));  // rides inside the first record
    CHECK(stream.size() == 6 + 3 * 5 + 8064);
    const std::array<byte_view, 1> second{byte_view(data).first(16)};
    CHECK(hex(byte_view(wrapped(writer, second)).first(5)) == "1703030010");
    tls_record_writer server(role::server);
    CHECK(hex(byte_view(wrapped(server, second)).first(5)) == "1703030010");
}

TEST_CASE(
    "protocol 1.11: data comes out of its records, cut and read in any steps (mtcute, _fake-tls.test.ts)") {
    crypto::seeded_random random(2);
    for (const std::size_t size : {120, 2878, 2 * 2878, 8000, 20000}) {
        const auto data = test::random_bytes(random, size);
        const std::array<byte_view, 1> parts{data};
        for (const role from : {role::client, role::server}) {
            tls_record_writer writer(from);
            const auto stream = wrapped(writer, parts);
            for (const std::size_t step : {1, 4, 777, 100000}) {
                for (const std::size_t room : {1, 3, 5, 100, 100000}) {
                    CAPTURE(size);
                    CAPTURE(step);
                    CAPTURE(room);
                    tls_record_reader reader(from == role::client ? role::server : role::client);
                    const auto got = read(reader, stream, step, room);
                    REQUIRE(got);
                    CHECK((*got == data));
                }
            }
        }
    }
}

TEST_CASE("protocol 1.11: a record costs one read once the first head is there") {
    crypto::seeded_random random(3);
    const auto data = test::random_bytes(random, 10 * 2878);
    const std::array<byte_view, 1> parts{data};
    tls_record_writer writer(role::server);
    const auto stream = wrapped(writer, parts);
    tls_record_reader reader(role::client);
    std::vector<std::byte> place(1u << 20);
    byte_view rest = stream;
    int reads = 0;
    while (!rest.empty()) {
        const std::size_t now = std::min(reader.wants(place.size()), rest.size());
        std::copy_n(rest.begin(), now, place.begin());
        rest = rest.subspan(now);
        REQUIRE(reader.take(byte_view(place).first(now)));
        ++reads;
    }
    CHECK(reads == 11);
}

TEST_CASE("protocol 1.11: what is no record of data ends the stream") {
    const auto met = [](role self, std::string_view text) {
        tls_record_reader reader(self);
        const auto got = read(reader, unhex(text), 1000, 1000);
        return got ? boost::system::error_code() : got.error();
    };
    CHECK(met(role::client, "160303000101") ==
          errc::bad_frame);  // mtcute: throws on a corrupt TLS record header
    CHECK(met(role::client, "170301000101") == errc::bad_frame);
    CHECK(met(role::client,
              "1503030002"
              "0228") == errc::bad_frame);
    CHECK(met(role::client, "140303000101") == errc::bad_frame);
    CHECK(met(role::client, "170303ffff") == errc::bad_frame);
    CHECK(met(role::client,
              "1703030001"
              "aa"
              "4854545020") == errc::bad_frame);
    CHECK(met(role::server, "1703030001aa") == errc::bad_frame);
    CHECK(met(role::server, "140303000102") == errc::bad_frame);
    CHECK(met(role::server, "140303000201") == errc::bad_frame);
    CHECK(met(role::server,
              "140303000101"
              "140303000101") == errc::bad_frame);
    CHECK_FALSE(met(role::server,
                    "140303000101"
                    "1703030001aa"));
    CHECK_FALSE(met(role::client,
                    "1703030000"
                    "1703030001aa"));
}
