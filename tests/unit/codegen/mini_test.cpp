// The mini schema's generated types in use: each kind of field against bytes written by hand.
#include "base/hex.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mini.hpp>

#include <doctest/doctest.h>

#include <string>

using namespace mtproto;

namespace {

// "5b f5" to bytes; anything but hexadecimal digits separates.
bytes unhex(std::string_view text) {
    std::vector<std::byte> made;
    int high = -1;
    for (const char c : text) {
        const int digit = c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
        if (digit < 0) continue;
        if (high < 0) {
            high = digit;
        } else {
            made.push_back(static_cast<std::byte>(high * 16 + digit));
            high = -1;
        }
    }
    return bytes::copy(made);
}

template <class T>
T again(const T& value) {
    const bytes data = tl::encode(value);
    CHECK(tl::encoded_size(value) == data.size());
    result<T> read = tl::decode<T>(data);
    REQUIRE(read.has_value());
    CHECK(hex(tl::encode(*read)) == hex(data));
    return std::move(*read);
}

}  // namespace

TEST_CASE("protocol 9.1: a struct is its id and its fields, little endian") {
    CHECK(hex(tl::encode(tl::point{.x = 1, .y = -2})) ==
          hex(unhex("b9f5131a 000000000000f03f 00000000000000c0")));
    CHECK(tl::point::tl_name == "point");
    CHECK(tl::point::tl_id == 0x1a13f5b9);
}

TEST_CASE("protocol 9.1: bare types and bare vectors have no id, boxed ones do") {
    const tl::span value{.from = {1, 2}, .to = {3, 4}, .parts = {{5, 6}}, .marks = {7, 8}};
    CHECK(hex(tl::encode(value)) == hex(unhex("183a6ebc"
                                              "000000000000f03f 0000000000000040"           // from: bare
                                              "0000000000000840 0000000000001040"           // to: %Point
                                              "01000000 0000000000001440 0000000000001840"  // vector<point>
                                              "02000000 07000000 08000000")));
    const tl::span read = again(value);
    CHECK(read.parts.at(0).y == 6);
    CHECK(read.marks == std::vector<std::int32_t>{7, 8});
}

TEST_CASE("protocol 9.1: flag words are computed, and any number of them may stand anywhere") {
    CHECK(hex(tl::encode(tl::settings{})) == hex(unhex("b94a6ddc 00000000 00000000")));
    const tl::settings value{.quiet = true, .limit = 5, .keys = std::vector<bytes>{bytes::copy("ab")}};
    CHECK(hex(tl::encode(value)) ==
          hex(unhex("b94a6ddc 01000000 01000080 05000000 15c4b51c 01000000 02616200")));
    const tl::settings read = again(value);
    CHECK(read.quiet);
    CHECK(read.limit == 5);
    REQUIRE(read.keys);
    CHECK(read.keys->at(0).text() == "ab");
    CHECK(!again(tl::settings{.limit = 0}).keys);
}

TEST_CASE("all 32 flags of a word") {
    tl::many value;
    value.f0 = 1;
    value.f1 = true;
    value.f30 = 2;
    value.f31 = true;
    CHECK(hex(tl::encode(value)) == hex(unhex("5b8b6b61 030000c0 01000000 02000000")));
    const tl::many read = again(value);
    CHECK(read.f31);
    CHECK(read.f30 == 2);
    CHECK(!read.f29);
    CHECK(!read.f28);
}

TEST_CASE("fields that share a flag are written together, the absent ones empty") {
    const tl::quote read = again(tl::quote{.text = "hi"});
    CHECK(read.shown);
    CHECK(read.text == "hi");
    REQUIRE(read.marks);
    CHECK(read.marks->empty());
    CHECK(hex(tl::encode(tl::quote{.shown = true})) ==
          hex(unhex("8990bc51 01000000 00000000 15c4b51c 00000000")));
    CHECK(hex(tl::encode(tl::quote{})) == hex(unhex("8990bc51 00000000")));
}

TEST_CASE("int128 and int256 are raw bytes") {
    tl::nonce value;
    for (std::size_t i = 0; i < 16; ++i)
        value.first[i] = static_cast<std::byte>(i);
    CHECK(hex(tl::encode(value)) == hex(unhex("4ee4cb5d 00000000 000102030405060708090a0b0c0d0e0f")));
    value.second = tl::int256{std::byte{0xff}};
    const tl::nonce read = again(value);
    CHECK(read.first == value.first);
    CHECK(read.second == value.second);
}

TEST_CASE("vectors of vectors, of Bool and of long") {
    const tl::matrix value{.rows = {{1.5}, {}}, .bits = {true, false}, .ids = {-1}};
    CHECK(hex(tl::encode(value)) ==
          hex(unhex("23d74947 15c4b51c 02000000 15c4b51c 01000000 000000000000f83f 15c4b51c 00000000"
                    "15c4b51c 02000000 b5757299 379779bc 15c4b51c 01000000 ffffffffffffffff")));
    const tl::matrix read = again(value);
    CHECK(read.rows == value.rows);
    CHECK(read.bits == value.bits);
    CHECK(read.ids == value.ids);
}

TEST_CASE("a sum takes its own constructors and nothing else, and moves") {
    tl::shape::Shape shape = tl::shape::circle{.centre = {1, 2}, .radius = 3};
    static_assert(!std::is_constructible_v<tl::shape::Shape, tl::point>);
    static_assert(!std::is_copy_constructible_v<tl::shape::Shape>);
    static_assert(std::is_nothrow_move_constructible_v<tl::shape::Shape>);
    CHECK(shape.tl_id() == tl::shape::circle::tl_id);
    CHECK(shape.tl_name() == "shape.circle");
    REQUIRE(shape.as<tl::shape::circle>());
    CHECK(shape.as<tl::shape::circle>()->radius == 3);
    CHECK(!std::as_const(shape).as<tl::shape::nothing>());

    tl::shape::Shape moved = std::move(shape);
    CHECK(moved.as<tl::shape::circle>());
    moved = tl::shape::nothing{};
    CHECK(moved.as<tl::shape::nothing>());
    tl::shape::Shape empty;
    CHECK(!empty);
    CHECK(empty.tl_id() == 0);
    empty = std::move(moved);
    CHECK(empty);
    CHECK(!moved);  // NOLINT: what is left behind is empty
}

TEST_CASE("visit calls the overload of the constructor that is held") {
    const auto name = [](const tl::shape::Shape& shape) {
        return tl::visit(
            shape, [](const tl::shape::circle& held) { return "circle " + std::to_string(int(held.radius)); },
            [](const tl::shape::polygon&) { return std::string("polygon"); },
            [](const auto&) { return std::string("other"); });
    };
    CHECK(name(tl::shape::circle{.centre = {}, .radius = 4}) == "circle 4");
    CHECK(name(tl::shape::polygon{.corners = {}, .names = {}}) == "polygon");
    CHECK(name(tl::shape::nothing{}) == "other");
    CHECK_THROWS_AS(name(tl::shape::Shape{}), std::logic_error);

    tl::shape::Shape changed = tl::shape::circle{.centre = {}, .radius = 1};
    tl::visit(
        changed, [](tl::shape::circle& held) { held.radius = 2; }, [](auto&) {});
    CHECK(changed.as<tl::shape::circle>()->radius == 2);
}

TEST_CASE("types that contain themselves: by a vector, by an optional, by a sum") {
    tl::tree root{.value = 1, .children = {}};
    root.children.push_back({.value = 2, .children = {}});
    CHECK(again(root).children.at(0).value == 2);

    tl::chain chain{.value = 1, .next = tl::Chain(tl::chain{.value = 2})};
    const tl::chain read = again(chain);
    REQUIRE(read.next);
    CHECK(read.next->as<tl::chain>()->value == 2);
    CHECK(!read.next->as<tl::chain>()->next);

    tl::photo photo;  // a flagged sum is its own optional
    CHECK(!photo.shape);
    photo.shape = tl::shape::circle{.centre = {}, .radius = 5};
    CHECK(photo.shape.has_value());
    CHECK(photo.shape->as<tl::shape::circle>()->radius == 5);
    CHECK((*again(photo).shape).as<tl::shape::circle>());
    photo.shape.reset();
    CHECK(!again(photo).shape);

    tl::listNode list{.data = bytes::copy("a"), .rest = tl::List(tl::listEnd{})};
    CHECK(again(list).rest->as<tl::listEnd>());
}

TEST_CASE("keywords get an underscore, and so does a constructor that shares its name with a namespace") {
    const tl::keyword value{.class_ = true, .default_ = "x", .int_ = 3};
    CHECK(tl::keyword::tl_name == "keyword");
    CHECK(again(value).int_ == 3);
    CHECK(tl::updates_::tl_name == "updates");
    static_assert(std::is_same_v<tl::Updates, tl::updates_>);
    static_assert(std::is_same_v<tl::updates::State, tl::updates::state>);
    static_assert(std::is_same_v<tl::echo::response, tl::keyword>);
}

TEST_CASE("a method knows its result") {
    static_assert(std::is_same_v<tl::shape::get::response, tl::shape::Shape>);
    static_assert(std::is_same_v<tl::shape::list::response, std::vector<tl::shape::Shape>>);
    static_assert(std::is_same_v<tl::isOn::response, bool>);
    static_assert(std::is_same_v<tl::count::response, std::int32_t>);
    static_assert(std::is_same_v<tl::invoke::response, tl::raw>);

    std::vector<tl::shape::Shape> answer;
    answer.push_back(tl::shape::nothing{});
    answer.push_back(tl::shape::circle{.centre = {1, 2}, .radius = 3});
    const auto read = tl::decode<tl::shape::list::response>(tl::encode(answer));
    REQUIRE(read.has_value());
    CHECK(read->at(1).as<tl::shape::circle>()->centre.y == 2);
}

TEST_CASE("!X takes any encoded method, to the end of the value") {
    const tl::invoke value{.layer = 7, .query = {tl::encode(tl::shape::get{.id = 5})}};
    CHECK(hex(tl::encode(value)) == hex(unhex("e545e7ee 07000000 33e8fdc6 0500000000000000")));
    const tl::invoke read = again(value);
    const auto inner = tl::decode<tl::shape::get>(read.query.data);
    REQUIRE(inner.has_value());
    CHECK(inner->id == 5);
}

TEST_CASE("a required object that is missing is an error of the program, not wrong bytes") {
    CHECK_THROWS_AS(tl::encode(tl::shape::Shape{}), mtproto::error);
    std::vector<tl::shape::Shape> one(1);
    CHECK_THROWS_AS(tl::encode(one), mtproto::error);
    CHECK_THROWS_AS(tl::encoded_size(one), mtproto::error);
}

TEST_CASE("bytes fields share the packet's block") {
    const bytes packet = tl::encode(tl::echo{.response_ = bytes::copy("0123456789")});
    const auto read = tl::decode<tl::echo>(packet);
    REQUIRE(read.has_value());
    CHECK(read->response_.text() == "0123456789");
    CHECK(read->response_.data() == packet.data() + 5);
}

TEST_CASE("decode wants the whole value and nothing after it, decode_prefix tells how much it took") {
    const bytes one = tl::encode(tl::point{.x = 1, .y = 2});
    for (std::size_t size = 0; size < one.size(); ++size) {
        const auto read = tl::decode<tl::point>(one.slice(0, size));
        REQUIRE(!read);
        CHECK(read.error() == errc::truncated);
    }
    std::vector<std::byte> longer(one.begin(), one.end());
    longer.resize(longer.size() + 4);
    const auto read = tl::decode<tl::point>(bytes::copy(longer));
    REQUIRE(!read);
    CHECK(read.error() == errc::malformed);
    const auto prefix = tl::decode_prefix<tl::point>(bytes::copy(longer));
    REQUIRE(prefix.has_value());
    CHECK(prefix->size == one.size());
    CHECK(prefix->value.y == 2);
}

TEST_CASE("another id than expected is malformed, in a struct and in a sum") {
    CHECK(tl::decode<tl::point>(unhex("b9f5131b 000000000000f03f 00000000000000c0")).error() ==
          errc::malformed);
    CHECK(tl::decode<tl::shape::Shape>(unhex("00000000")).error() == errc::malformed);
    CHECK(tl::decode<tl::shape::Shape>(unhex("ffffffff")).error() == errc::malformed);
    CHECK(tl::decode<bool>(unhex("00000000")).error() == errc::malformed);
}

TEST_CASE("protocol 9.3: nesting is bounded, whether by sums, structs or vectors") {
    std::string deep;
    for (int i = 0; i < 1000; ++i)
        deep += "c29f8e4c 00000000 15c4b51c 01000000";  // tree, one child
    CHECK(tl::decode<tl::tree>(unhex("c29f8e4c 00000000 15c4b51c 01000000" + deep)).error() ==
          errc::too_large);
    std::string chain;
    for (int i = 0; i < 1000; ++i)
        chain += "fbcbcd3a 01000000 00000000";
    CHECK(tl::decode<tl::Chain>(unhex(chain)).error() == errc::too_large);

    tl::Chain ends = tl::chain{.value = 0};
    for (int i = 1; i < tl::reader::deepest; ++i)
        ends = tl::chain{.value = i, .next = std::move(ends)};
    CHECK(tl::decode<tl::Chain>(tl::encode(ends)).has_value());
    ends = tl::chain{.value = 0, .next = std::move(ends)};
    CHECK(tl::decode<tl::Chain>(tl::encode(ends)).error() == errc::too_large);
}

TEST_CASE("protocol 9.3: a vector cannot claim more than the bytes that are left") {
    CHECK(tl::decode<tl::updates_>(unhex("26dd072b 15c4b51c ffffff7f 5feb9f98")).error() == errc::truncated);
    CHECK(tl::decode<tl::updates_>(unhex("26dd072b 15c4b51c 02000000 5feb9f98")).error() == errc::truncated);
    CHECK(tl::decode<tl::updates_>(unhex("26dd072b 15c4b51c ffffffff 5feb9f98")).error() == errc::malformed);
    CHECK(tl::decode<tl::updates_>(unhex("26dd072b 15c4b51c 01000000 5feb9f98")).has_value());
}

TEST_CASE("any one byte changed decodes to something or fails, and never reads outside") {
    const tl::photo value{.id = 1,
                          .w = 2,
                          .h = 3,
                          .shape = tl::shape::polygon{.corners = {{1, 2}}, .names = {"a"}},
                          .where = tl::point{3, 4},
                          .on = true};
    const bytes good = tl::encode(value);
    int failed = 0;
    for (std::size_t at = 0; at < good.size(); ++at) {
        for (const int bit : {0, 1, 4, 7}) {
            std::vector<std::byte> changed(good.begin(), good.end());
            changed[at] ^= static_cast<std::byte>(1 << bit);
            const auto read = tl::decode<tl::photo>(bytes::copy(changed));
            if (!read)
                ++failed;
            else
                CHECK(tl::encode(*read).size() <= good.size());
        }
    }
    CHECK(failed > 40);
}
