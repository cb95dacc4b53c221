// The writer: it writes what the reader reads, in the room that it was given.
#include <mtproto/tl/reader.hpp>
#include <mtproto/tl/writer.hpp>

#include <doctest/doctest.h>

#include <string>
#include <vector>

using namespace mtproto;

namespace {

template <class F>
bytes written(F&& write) {
    tl::writer counted;
    write(counted);
    buffer block = buffer::allocate(counted.size());
    tl::writer out(block.span().first(counted.size()));
    write(out);
    CHECK(out.size() == counted.size());
    return {std::move(block), 0, counted.size()};
}

}  // namespace

TEST_CASE("what is written reads back") {
    const bytes data = written([](tl::writer& out) {
        out.u32(0xfedcba98);
        out.i64(-2);
        out.f64(0.25);
        out.boolean(true);
        out.string("abc");
        out.fixed(tl::int128{std::byte{7}});
        out.vector(2);
        out.items(std::vector<std::int32_t>{1, -1});
        out.count(1);
        out.items(std::vector<std::string>{"x"});
    });
    tl::reader in(data);
    CHECK(in.u32() == 0xfedcba98);
    CHECK(in.i64() == -2);
    CHECK(in.f64() == 0.25);
    CHECK(in.boolean());
    CHECK(in.string() == "abc");
    CHECK(in.i128()[0] == std::byte{7});
    std::vector<std::int32_t> numbers;
    in.items(in.vector(4, 4), numbers);
    CHECK(numbers == std::vector<std::int32_t>{1, -1});
    std::vector<std::string> texts;
    in.items(in.count(4, sizeof(std::string)), texts);
    CHECK(texts == std::vector<std::string>{"x"});
    CHECK(in.ok());
    CHECK(in.left() == 0);
}

TEST_CASE("protocol 9.3: strings of every length around the borders, padded with zeros") {
    for (const std::size_t size : {0, 1, 2, 3, 4, 5, 252, 253, 254, 255, 256, 65'535, 65'536}) {
        CAPTURE(size);
        const std::string text(size, 'y');
        const bytes data = written([&](tl::writer& out) { out.string(text); });
        CHECK(data.size() % 4 == 0);
        CHECK(std::to_integer<int>(data[0]) == (size < 254 ? int(size) : 254));
        for (std::size_t i = (size < 254 ? 1 : 4) + size; i < data.size(); ++i)
            CHECK(data[i] == std::byte{});
        tl::reader in(data);
        CHECK(in.string() == text);
        CHECK(in.ok());
    }
}

TEST_CASE("a string that TL cannot say is refused") {
    const std::vector<std::byte> longest((1u << 24) - 1);
    tl::writer fits;
    fits.string(byte_view(longest));
    CHECK(!fits.failed());
    CHECK(fits.size() == (1u << 24) + 4);
    const std::vector<std::byte> longer(1u << 24);
    tl::writer refuses;
    refuses.string(byte_view(longer));
    CHECK(refuses.failed());
}

TEST_CASE("the writer counts what does not fit and never writes it") {
    std::vector<std::byte> room(6, std::byte{0xee});
    tl::writer out(byte_span(room).first(5));
    out.u32(1);
    out.u32(2);
    out.raw(byte_view(room).first(1));
    CHECK(out.size() == 9);
    CHECK(room[4] == std::byte{0xee});
    CHECK(room[5] == std::byte{0xee});
}
