// The reader: primitives, strings, limits, and that it never leaves its slice.
#include <mtproto/tl/reader.hpp>

#include <doctest/doctest.h>

#include <random>
#include <string>
#include <vector>

using namespace mtproto;

namespace {

bytes of(std::initializer_list<int> values) {
    std::vector<std::byte> made;
    for (const int each : values)
        made.push_back(static_cast<std::byte>(each));
    return bytes::copy(made);
}

bytes string_of(std::initializer_list<int> head, std::size_t size, std::size_t padding, std::byte fill = {}) {
    std::vector<std::byte> made;
    for (const int each : head)
        made.push_back(static_cast<std::byte>(each));
    made.insert(made.end(), size, std::byte{'x'});
    made.insert(made.end(), padding, fill);
    return bytes::copy(made);
}

errc error_of_string(const bytes& data) {
    tl::reader in(data);
    CHECK(in.string().empty());
    REQUIRE(!in.ok());
    CHECK(in.left() == 0);
    return in.error();
}

}  // namespace

TEST_CASE("protocol 9.1: numbers are little endian") {
    tl::reader in(of({1, 2, 3, 4, 255, 255, 255, 255, 8, 7, 6, 5, 4, 3, 2, 1, 0, 0, 0, 0, 0, 0, 0xf8, 0xbf}));
    CHECK(in.u32() == 0x04030201);
    CHECK(in.i32() == -1);
    CHECK(in.i64() == 0x0102030405060708);
    CHECK(in.f64() == -1.5);
    CHECK(in.ok());
    CHECK(in.left() == 0);
    CHECK(in.position() == 24);
}

TEST_CASE("protocol 9.1: Bool is one of two ids") {
    tl::reader in(of({0xb5, 0x75, 0x72, 0x99, 0x37, 0x97, 0x79, 0xbc, 1, 0, 0, 0}));
    CHECK(in.boolean());
    CHECK(!in.boolean());
    CHECK(in.ok());
    CHECK(!in.boolean());
    CHECK(in.error() == errc::malformed);
}

TEST_CASE("int128 and int256 are copied as they are") {
    std::vector<std::byte> data(48);
    for (std::size_t i = 0; i < data.size(); ++i)
        data[i] = static_cast<std::byte>(i);
    tl::reader in(bytes::copy(data));
    CHECK(in.i128()[15] == std::byte{15});
    CHECK(in.i256()[31] == std::byte{47});
    CHECK(in.ok());
}

TEST_CASE("protocol 9.3: short and long strings, padded to four bytes") {
    for (const std::size_t size : {0, 1, 2, 3, 4, 100, 252, 253}) {
        CAPTURE(size);
        tl::reader in(string_of({int(size)}, size, (4 - (1 + size) % 4) % 4));
        CHECK(in.string() == std::string(size, 'x'));
        CHECK(in.ok());
        CHECK(in.left() == 0);
    }
    for (const std::size_t size : {254, 255, 256, 257, 70'000}) {
        CAPTURE(size);
        tl::reader in(string_of({254, int(size & 255), int(size >> 8 & 255), int(size >> 16)}, size,
                                (4 - size % 4) % 4));
        CHECK(in.string().size() == size);
        CHECK(in.ok());
        CHECK(in.left() == 0);
    }
}

TEST_CASE("protocol 9.3: padding that is not zero is accepted") {
    tl::reader in(string_of({1}, 1, 2, std::byte{0x5a}));
    CHECK(in.string() == "x");
    CHECK(in.ok());
}

TEST_CASE("protocol 9.3: strings in another form than the shortest are rejected") {
    CHECK(error_of_string(string_of({254, 3, 0, 0}, 3, 1)) == errc::malformed);
    CHECK(error_of_string(string_of({254, 253, 0, 0}, 253, 3)) == errc::malformed);
    CHECK(error_of_string(of({255, 1, 0, 0, 0, 0, 0, 0})) == errc::malformed);
}

TEST_CASE("protocol 9.3: strings that end before they should") {
    CHECK(error_of_string(bytes()) == errc::truncated);
    CHECK(error_of_string(of({3, 'a', 'b'})) == errc::truncated);
    CHECK(error_of_string(of({1, 'a', 0})) == errc::truncated);  // the padding is missing
    CHECK(error_of_string(of({254, 0, 1})) == errc::truncated);
    CHECK(error_of_string(of({254, 0xff, 0xff, 0xff, 0, 0, 0, 0})) == errc::truncated);
    CHECK(error_of_string(string_of({254, 254, 0, 0}, 253, 0)) == errc::truncated);
}

TEST_CASE("bytes share the block of the slice that is read") {
    const bytes packet = of({9, 9, 9, 9, 3, 'a', 'b', 'c'}).slice(4);
    tl::reader in(packet);
    const bytes read = in.bytes();
    CHECK(read.text() == "abc");
    CHECK(read.data() == packet.data() + 1);
}

TEST_CASE("rest takes all that is left, also nothing") {
    tl::reader in(of({1, 0, 0, 0, 2, 3}));
    CHECK(in.peek() == 1);
    in.u32();
    CHECK(in.peek() == 0);  // two bytes are no word
    CHECK(in.rest().size() == 2);
    CHECK(in.rest().empty());
    CHECK(in.ok());
}

TEST_CASE("the first error sticks and everything after it reads as nothing") {
    tl::reader in(of({1, 0}));
    CHECK(in.u32() == 0);
    CHECK(in.error() == errc::truncated);
    in.fail(errc::malformed);
    CHECK(in.error() == errc::truncated);
    CHECK(in.i64() == 0);
    CHECK(in.string().empty());
    CHECK(in.bytes().empty());
    CHECK(in.rest().empty());
    CHECK(in.count(4, 4) == 0);
    CHECK(!in.enter());
    CHECK(in.left() == 0);
}

TEST_CASE("protocol 9.3: vectors are counted against the bytes that are left") {
    const auto count = [](std::initializer_list<int> data, std::size_t smallest, errc* error = nullptr) {
        tl::reader in(of(data));
        const std::size_t found = in.vector(smallest, 16);
        if (error) *error = in.ok() ? errc{} : in.error();
        return found;
    };
    errc error{};
    CHECK(count({0x15, 0xc4, 0xb5, 0x1c, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 4, &error) == 2);
    CHECK(error == errc{});
    CHECK(count({0x15, 0xc4, 0xb5, 0x1c, 3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, 4, &error) == 0);
    CHECK(error == errc::truncated);
    CHECK(count({0x15, 0xc4, 0xb5, 0x1c, 0, 0, 0, 0x80}, 4, &error) == 0);
    CHECK(error == errc::malformed);
    CHECK(count({0x16, 0xc4, 0xb5, 0x1c, 0, 0, 0, 0}, 4, &error) == 0);
    CHECK(error == errc::malformed);
    // Elements that take no bytes still count as one each.
    CHECK(count({0x15, 0xc4, 0xb5, 0x1c, 0xff, 0xff, 0xff, 0x7f}, 0, &error) == 0);
    CHECK(error == errc::truncated);
}

TEST_CASE("the memory of vectors is bounded by the packet's size, over all of them together") {
    std::vector<std::byte> data;
    const std::size_t elements = 4096;
    for (int vectors = 0; vectors < 2; ++vectors) {
        for (const int each : {0, 0x10, 0, 0})
            data.push_back(static_cast<std::byte>(each));  // 4096
        data.insert(data.end(), elements * 4, std::byte{});
    }
    const std::size_t each = data.size() * tl::reader::expansion / elements;
    tl::reader in(bytes::copy(data));
    CHECK(in.count(4, each) == elements);
    std::vector<std::int32_t> values;
    in.items(elements, values);
    CHECK(in.count(4, each) == 0);
    CHECK(in.error() == errc::too_large);
}

TEST_CASE("vectors of primitives") {
    tl::reader numbers(of({1, 0, 0, 0, 2, 0, 0, 0}));
    std::vector<std::int32_t> ints;
    numbers.items(2, ints);
    CHECK(ints == std::vector<std::int32_t>{1, 2});
    tl::reader texts(of({1, 'a', 0, 0, 0, 0, 0, 0}));
    std::vector<std::string> strings;
    texts.items(2, strings);
    CHECK(strings == std::vector<std::string>{"a", ""});
    tl::reader shorter(of({1, 0, 0, 0}));
    std::vector<std::int64_t> longs;
    shorter.items(1, longs);
    CHECK(longs.empty());
    CHECK(shorter.error() == errc::truncated);
}

TEST_CASE("protocol 9.3: objects nest up to a limit") {
    tl::reader in(of({0, 0, 0, 0}));
    for (int i = 0; i < tl::reader::deepest; ++i)
        CHECK(in.enter());
    in.leave();
    CHECK(in.enter());
    CHECK(!in.enter());
    CHECK(in.error() == errc::too_large);
}

TEST_CASE("random bytes read at random never leave the slice") {
    std::mt19937 random(1);
    for (int round = 0; round < 20'000; ++round) {
        // A block of exactly this size: ASan sees one byte too far.
        std::vector<std::byte> data(random() % 40);
        for (std::byte& each : data)
            each = static_cast<std::byte>(random() % 3 ? random() % 6 : random());
        tl::reader in(bytes::copy(data));
        std::vector<std::string> strings;
        while (in.ok() && in.left() > 0) {
            switch (random() % 7) {
                case 0:
                    in.u32();
                    break;
                case 1:
                    in.i64();
                    break;
                case 2:
                    in.string();
                    break;
                case 3:
                    in.bytes();
                    break;
                case 4:
                    in.i256();
                    break;
                case 5:
                    in.boolean();
                    break;
                default:
                    in.items(in.count(4, sizeof(std::string)), strings);
            }
        }
        REQUIRE(in.position() <= data.size());
    }
}
