// gzip: both framings, and bounds on what comes out.
#include "tl/gzip.hpp"

#include <doctest/doctest.h>
#include <zlib.h>

#include <random>
#include <string>
#include <vector>

using namespace mtproto;

namespace {

bytes zlib_framed(std::string_view text) {
    uLongf size = compressBound(text.size());
    std::vector<std::byte> packed(size);
    compress(reinterpret_cast<Bytef*>(packed.data()), &size, reinterpret_cast<const Bytef*>(text.data()),
             text.size());
    return bytes::copy(byte_view(packed).first(size));
}

constexpr std::size_t limit = 1 << 20;

}  // namespace

TEST_CASE("protocol 5.2: what is packed unpacks") {
    for (const std::size_t size : {0, 1, 1000, 1'000'000}) {
        CAPTURE(size);
        const std::string text(size, 'a');
        const bytes packed = tl::gzip(as_bytes(text));
        CHECK(std::to_integer<int>(packed[0]) == 0x1f);
        const auto unpacked = tl::gunzip(packed, limit);
        REQUIRE(unpacked.has_value());
        CHECK(unpacked->text() == text);
    }
}

TEST_CASE("protocol 5.2: zlib framing, which some clients write, is read too") {
    const auto unpacked = tl::gunzip(zlib_framed("some text"), limit);
    REQUIRE(unpacked.has_value());
    CHECK(unpacked->text() == "some text");
}

TEST_CASE("protocol 5.2: the inflated size is bounded, to the byte") {
    const std::string text(5000, 'a');
    const bytes packed = tl::gzip(as_bytes(text));
    CHECK(tl::gunzip(packed, 5000).has_value());
    CHECK(tl::gunzip(packed, 4999).error() == errc::too_large);
    CHECK(tl::gunzip(packed, 0).error() == errc::too_large);
    CHECK(tl::gunzip(tl::gzip({}), 0).has_value());
    // A bomb: 64 MiB of zeros in some 64 KB.
    const std::vector<std::byte> zeros(64u << 20);
    CHECK(tl::gunzip(tl::gzip(zeros), limit).error() == errc::too_large);
}

TEST_CASE("broken gzip is an error, cut off anywhere or changed") {
    const bytes packed = tl::gzip(as_bytes("a text that is long enough to have a body of some bytes"));
    for (std::size_t size = 0; size < packed.size(); ++size) {
        CAPTURE(size);
        const auto unpacked = tl::gunzip(packed.view().first(size), limit);
        REQUIRE(!unpacked);
        CHECK(unpacked.error() == errc::truncated);
    }
    CHECK(tl::gunzip(as_bytes("this is not gzip"), limit).error() == errc::malformed);
    std::vector<std::byte> longer(packed.begin(), packed.end());
    longer.push_back(std::byte{0});
    CHECK(tl::gunzip(longer, limit).error() == errc::malformed);
    std::vector<std::byte> changed(packed.begin(), packed.end());
    changed[changed.size() - 5] ^= std::byte{1};  // the CRC32 of the contents
    CHECK(tl::gunzip(changed, limit).error() == errc::malformed);
}

TEST_CASE("random bytes never inflate to anything but an error or a bounded result") {
    std::mt19937 random(5);
    const bytes packed = tl::gzip(as_bytes(std::string(300, 'b')));
    for (int round = 0; round < 2000; ++round) {
        std::vector<std::byte> data(packed.begin(), packed.end());
        for (int i = 0; i < 3; ++i)
            data[random() % data.size()] = static_cast<std::byte>(random());
        const auto unpacked = tl::gunzip(data, 1000);
        if (unpacked) CHECK(unpacked->size() <= 1000);
    }
}
