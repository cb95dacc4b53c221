// Streams of the public client over the local data centre, in one process and virtual time, with its faults.
#include "unit/one_cluster/one_cluster.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <cstring>
#include <limits>
#include <optional>
#include <string>
#include <vector>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;
namespace io = mtproto::io;

TEST_CASE("a file of a foreign data centre as a stream, and a second time over the same lines") {
    one_cluster all;
    CHECK(all.file().dc != all.info().home_dc);
    CHECK(all.file().size == static_cast<std::int64_t>(file_size));
    CHECK_FALSE(all.failure_of_download());
    const duration before = all.now();
    CHECK_FALSE(all.failure_of_download());
    CHECK(all.now() - before < 200ms);  // nothing is connected or authorized again
}

TEST_CASE("a budget and a read-ahead beyond all memory mean no limit, and not the least one") {
    one_cluster all({}, std::numeric_limits<std::size_t>::max());
    stream_options all_of_it;
    all_of_it.read_ahead = std::numeric_limits<std::size_t>::max();
    byte_stream stream = all.tg().open(all.file(), {}, std::move(all_of_it));
    const duration before = all.now();
    all.run([](byte_stream& from) -> io::awaitable<void> {
        std::size_t total = 0;
        while (const std::optional<chunk> part = co_await from.next())
            total += part->data.size();
        CHECK(total == contents().size());
    }(stream));
    CHECK(all.now() - before < 2s);  // 806 parts of 4 KiB would be 806 round trips of 20 ms
}

TEST_CASE("byte-exact reads through the whole client, beside a stream that stands still") {
    one_cluster all({}, 256 * 1024);
    byte_stream stream = all.tg().open(all.file());
    all.run([](byte_stream& from) -> io::awaitable<void> {
        const std::optional<chunk> first = co_await from.next();
        REQUIRE(first);
        co_await read_here(from, 1'000'003, 4096);
        co_await read_here(from, 1, 1);
        co_await read_here(from, 3'300'000, 100);
        co_await read_here(from, 700'000, 900'000);
        const std::optional<chunk> second = co_await from.next();
        REQUIRE(second);
        CHECK(second->offset == static_cast<std::int64_t>(first->data.size()));
    }(stream));
}

TEST_CASE("a file that lives elsewhere than its message says: all parts move (FILE_MIGRATE)") {
    one_cluster all;
    all.file().dc = all.info().home_dc;
    CHECK_FALSE(all.failure_of_download());
}

TEST_CASE("what a data centre does to a download, and the file is whole all the same") {
    for (const char* fault :
         {"flood-wait=3@getFile:3", "internal@getFile:2x3", "expired-reference@getFile:4x3",
          "close@getFile:5x2", "wrong-msg-key@getFile:2", "short-part=100@getFile:3",
          "long-part=16@getFile:4", "rpc-error=500 RPC_CALL_FAIL@getFile:1x4"}) {
        CAPTURE(fault);
        one_cluster all({fault});
        const duration before = all.now();
        const std::optional<failure> met = all.failure_of_download();
        CHECK_MESSAGE(!met, (met ? met->message() : std::string()));
        if (std::strncmp(fault, "flood", 5) == 0) CHECK(all.now() - before >= 3s);
    }
}

TEST_CASE("what cannot be mended ends the download with one error that says what it is") {
    const auto met_with = [](const char* fault) {
        one_cluster all({fault});
        const std::optional<failure> met = all.failure_of_download();
        REQUIRE(met);
        return *met;
    };
    CHECK(met_with("short-part=100@getFile:3x0").code == errc::short_part);
    CHECK(met_with("long-part=100@getFile:3x0").code == errc::short_part);
    const failure refused = met_with("rpc-error=400 LIMIT_INVALID@getFile:3x0");
    CHECK(refused.is("LIMIT_INVALID"));
    CHECK(refused.method == "upload.getFile");
    CHECK(met_with("internal@getFile:3x0").rpc_code == 500);
    CHECK(met_with("expired-reference@getFile:3x0").is("FILE_REFERENCE_EXPIRED"));
}

TEST_CASE("pfs 3.1: streams read on while the keys of all lines are renewed") {
    core::account_options limits;
    limits.temporary_key_lifetime = 120s;
    one_cluster all({}, 4u << 20, 40'000, limits);
    const int made = all.logged("a temporary key was made");
    const duration began = all.now();
    while (all.now() - began < 250s)
        CHECK_FALSE(all.failure_of_download());
    CHECK(all.logged("a temporary key was made") >= made + 2 * 2);  // two kinds of address, two renewals
    CHECK(all.logged("connection lost") == 0);
}

TEST_CASE("a stream and its client go away with parts under way") {
    for (int parts = 0; parts < 4; ++parts) {
        one_cluster all;
        auto stream = std::make_unique<byte_stream>(all.tg().open(all.file()));
        all.run([](byte_stream& from, int parts) -> io::awaitable<void> {
            for (int i = 0; i < parts; ++i)
                co_await from.next();
        }(*stream, parts));
        stream.reset();
        if (parts % 2 == 0) all.settle();
    }
}
