// client::hashes: what the server says that a file hashes to, over the local data centre and its faults.
#include "crypto/sha.hpp"
#include "download/hash_list.hpp"
#include "unit/one_cluster/one_cluster.hpp"

#include <mtproto/tl_api.hpp>

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;
namespace io = mtproto::io;

namespace {

constexpr std::int64_t piece = 128 * 1024;

io::awaitable<void> ask(client& tg, media file, byte_range range, std::vector<file_hash>& into) {
    into = co_await tg.hashes(std::move(file), range);
}

std::vector<file_hash> hashes_of(one_cluster& all, byte_range range = {}) {
    std::vector<file_hash> made;
    all.run(ask(all.tg(), all.file(), range, made));
    return made;
}

/// Every piece of the range is there, in order, and is the file's.
void check(const std::vector<file_hash>& told, std::int64_t begin, std::int64_t end) {
    std::int64_t at = begin / piece * piece;
    for (const file_hash& each : told) {
        REQUIRE(each.offset == at);
        REQUIRE(each.length == std::min<std::int64_t>(piece, static_cast<std::int64_t>(file_size) - at));
        const auto data =
            as_bytes(contents()).subspan(static_cast<std::size_t>(at), static_cast<std::size_t>(each.length));
        CHECK(each.sha256 == crypto::sha256(data));
        at += each.length;
    }
    CHECK(at >= end);
    CHECK(at - end < piece);
}

}  // namespace

TEST_CASE("files 8.4: the hashes of a whole file, of a range of it, and of nothing") {
    one_cluster all;
    check(hashes_of(all), 0, file_size);
    check(hashes_of(all, {1, 1}), 1, 2);
    check(hashes_of(all, {piece, piece}), piece, 2 * piece);
    check(hashes_of(all, {1'000'000, 200'000}), 1'000'000, 1'200'000);
    check(hashes_of(all, {3'300'000, -1}), 3'300'000, file_size);
    CHECK(hashes_of(all, {7, 0}).empty());
    CHECK(hashes_of(all, {5'000'000, 10}).empty());
}

TEST_CASE("hashes of many blocks are asked for together, and not one after the other") {
    one_cluster all;
    check(hashes_of(all, {0, 1}), 0, 1);  // connects
    const duration before = all.now();
    check(hashes_of(all), 0, file_size);
    CHECK(all.now() - before < 60ms);  // four requests of 20 ms, over lines of which some connect first
}

TEST_CASE("what a data centre does to requests for hashes, and they come all the same") {
    for (const char* fault :
         {"flood-wait=3@getFileHashes:2", "internal@getFileHashes:2x2", "expired-reference@getFileHashes:2",
          "close@getFileHashes:1x3", "wrong-msg-key@getFileHashes:2"}) {
        CAPTURE(fault);
        one_cluster all({fault});
        const duration before = all.now();
        check(hashes_of(all), 0, file_size);
        if (std::strncmp(fault, "flood", 5) == 0) CHECK(all.now() - before >= 3s);
    }
    one_cluster moved;
    moved.file().dc = moved.info().home_dc;
    check(hashes_of(moved), 0, file_size);
}

TEST_CASE("hashes that the server refuses are one error, which names the request") {
    one_cluster all({"rpc-error=400 LOCATION_INVALID@getFileHashes:2x0"});
    std::optional<failure> met;
    try {
        hashes_of(all);
    } catch (const error& thrown) {
        met = thrown.info();
    }
    REQUIRE(met);
    CHECK(met->is("LOCATION_INVALID"));
    CHECK(met->method == "upload.getFileHashes");
}

namespace {

tl::fileHash told(std::int64_t offset, std::int32_t limit, std::size_t digest = 32) {
    tl::fileHash made;
    made.offset = offset;
    made.limit = limit;
    made.hash = bytes::copy(std::string(digest, 'h'));
    return made;
}

template <class... Windows>
outcome<std::vector<file_hash>> read(std::int64_t size, Windows... windows) {
    std::vector<tl::fileHash> all;
    (all.push_back(std::move(windows)), ...);
    return download::checked_hashes(all, size);
}

template <class... Windows>
bool good(std::int64_t size, Windows... windows) {
    return read(size, std::move(windows)...).has_value();
}

}  // namespace

TEST_CASE("files 8.4: hashes of windows that cannot be the file's are refused") {
    constexpr std::int64_t size = 300'000;
    CHECK(read(size).value().empty());
    const auto two = read(size, told(131'072, 131'072), told(262'144, 131'072));
    REQUIRE(two.has_value());
    CHECK(two->back().length == size - 262'144);  // the last one's length may be the usual one
    CHECK(good(size, told(7, 1), told(8, 1'048'576)));

    CHECK_FALSE(good(size, told(0, 131'072, 31)));
    CHECK_FALSE(good(size, told(0, 131'072, 33)));
    CHECK_FALSE(good(size, told(0, 0)));
    CHECK_FALSE(good(size, told(0, -1)));
    CHECK_FALSE(good(size, told(0, 1'048'577)));
    CHECK_FALSE(good(size, told(-1, 4096)));
    CHECK_FALSE(good(size, told(300'000, 4096)));
    CHECK_FALSE(good(size, told(0, 131'072), told(131'073, 10)));
    CHECK_FALSE(good(size, told(0, 131'072), told(131'071, 10)));
    CHECK_FALSE(good(size, told(0, 131'072), told(0, 131'072)));
    CHECK(read(size, told(0, 0)).error().code == errc::malformed);
    CHECK_FALSE(download::decode_hashes(bytes::copy("nonsense"), size).has_value());
}
