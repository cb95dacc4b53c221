// What a client that has connected already takes for the first bytes of a stream, a range or a seek, in round
// trips.
#include "unit/one_cluster/one_cluster.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <cstring>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;
namespace io = mtproto::io;

namespace {

constexpr duration rtt = 20ms;  // of the local data centre that one_cluster has

io::awaitable<void> read_next(byte_stream& from) {
    const std::optional<chunk> part = co_await from.next();
    REQUIRE(part);
    CHECK(std::memcmp(part->data.data(), contents().data() + part->offset, part->data.size()) == 0);
}

/// Opens lines, with a part of the file that the tests do not read again.
void warm_up(one_cluster& all) {
    byte_stream stream = all.tg().open(all.file(), {2'400'000, 600'000});
    all.run([](byte_stream& from) -> io::awaitable<void> {
        while (const std::optional<chunk> part = co_await from.next())
            CHECK(part->data.size() > 0);
    }(stream));
}

/// How long that takes.
duration timed(one_cluster& all, io::awaitable<void> what) {
    const duration before = all.now();
    all.run(std::move(what));
    return all.now() - before;
}

duration at_rate(std::int64_t bytes, std::int64_t rate) {
    return std::chrono::nanoseconds(bytes * 1'000'000'000 / rate);
}

}  // namespace

TEST_CASE("a stream on a client that is warm has its first bytes after one round trip") {
    one_cluster all;
    warm_up(all);
    byte_stream stream = all.tg().open(all.file(), {1'000'000});
    CHECK(timed(all, read_next(stream)) == rtt);
}

TEST_CASE("... and the time that its first part needs on the line, which is a small one") {
    constexpr std::int64_t rate = 1'000'000;
    one_cluster all({}, 4u << 20, rate);
    warm_up(all);
    byte_stream stream = all.tg().open(all.file(), {1'000'000});
    const duration first = timed(all, read_next(stream));
    CHECK(first >= rtt);
    CHECK(first <= rtt + at_rate(128 * 1024, rate) + 5ms);  // the packet is a little larger than its data
}

TEST_CASE("reads at any places take one round trip, sixteen at once as one alone") {
    one_cluster all;
    warm_up(all);
    byte_stream stream = all.tg().open(all.file());
    CHECK(timed(all, read_here(stream, 1'234'567, 4096)) == rtt);
    const duration before = all.now();
    int left = 16;
    for (int i = 0; i < 16; ++i)
        all.spawn(read_here(stream, 800'000 + i * 99'001, 5000), [&] { --left; });
    all.run(all.rest(rtt));
    CHECK(left == 0);
    CHECK(all.now() - before == rtt);
}

TEST_CASE("a read at another place asks for little more than it needs") {
    constexpr std::int64_t rate = 1'000'000;
    one_cluster all({}, 4u << 20, rate);
    warm_up(all);
    byte_stream stream = all.tg().open(all.file());
    CHECK(timed(all, read_here(stream, 1'345'678, 4096)) <= rtt + at_rate(64 * 1024, rate));
}

TEST_CASE("a seek has its first bytes after a round trip and one part that is on its way, no more") {
    constexpr std::int64_t rate = 1'000'000;
    one_cluster all({}, 4u << 20, rate);
    warm_up(all);
    stream_options how;
    how.read_ahead = 1u << 20;  // so that the end is not under way yet
    byte_stream stream = all.tg().open(all.file(), {}, std::move(how));
    all.run(read_next(stream));
    all.run(all.rest(50ms));
    stream.seek(2'000'000);
    const duration took = timed(all, read_next(stream));
    CHECK(took >= rtt);
    CHECK(took <= rtt + at_rate(512 * 1024 + 128 * 1024, rate) + 30ms);
}

namespace {

/// Parts that the servers send for all from `begin` on over one connection, to a stream that starts there or
/// seeks there while its first eight parts are under way. The one that was read before is not counted.
std::int64_t parts_from(std::int64_t begin, bool by_seek) {
    constexpr std::int64_t rate = 1'000'000;
    constexpr std::int32_t part = 128 * 1024;
    config settings = one_cluster::client_of(8u << 20);
    settings.file_connections = 1;
    one_cluster all(one_cluster::serving({}, rate), std::move(settings));
    warm_up(all);
    const std::int64_t before = all.counts().parts + (by_seek ? 1 : 0);
    byte_stream stream = all.tg().open(all.file(), {by_seek ? 0 : begin});
    stream.use(window::sliding(8, 1, part));
    if (by_seek) {
        all.run(read_next(stream));
        all.run(all.rest(at_rate(part, rate) / 2));
        stream.seek(begin);
        // The part that is being sent comes to its end; nothing else stands before the new one.
        CHECK(timed(all, read_next(stream)) <= rtt + at_rate(2 * part, rate) + 5ms);
    }
    all.run([](byte_stream& from) -> io::awaitable<void> {
        while (const std::optional<chunk> one = co_await from.next())
            CHECK(one->data.size() > 0);
    }(stream));
    return all.counts().parts - before;
}

}  // namespace

TEST_CASE("a seek drops at the servers what is wanted no more, but for the part that is being sent") {
    const std::int64_t wanted = parts_from(2'000'000, false);
    CHECK(wanted > 4);
    CHECK(parts_from(2'000'000, true) <= wanted + 1);
}

TEST_CASE("a second stream opens no connection and brings no login along again") {
    one_cluster all;
    const auto read = [&] {
        byte_stream stream = all.tg().open(all.file());
        stream.use(window::sliding(2, 4, 128 * 1024));
        all.run([](byte_stream& from) -> io::awaitable<void> {
            while (const std::optional<chunk> part = co_await from.next())
                CHECK(part->data.size() > 0);
        }(stream));
    };
    const localdc::tally none = all.counts();
    read();
    const localdc::tally first = all.counts();
    CHECK(first.connections > none.connections);
    CHECK(first.imported_logins == none.imported_logins + 1);  // the file is not at home
    read();
    CHECK(all.counts().connections == first.connections);
    CHECK(all.counts().imported_logins == first.imported_logins);
}

TEST_CASE("head and tail come together, and the index at the end is read without another round trip") {
    one_cluster all;
    warm_up(all);
    stream_options how;
    how.read_ahead = 512u << 10;
    how.tail = 256 << 10;
    byte_stream stream = all.tg().open(all.file(), {}, std::move(how));
    CHECK(timed(all, read_next(stream)) == rtt);
    CHECK(timed(all, read_here(stream, static_cast<std::int64_t>(file_size) - 200'000, 200'000)) == 0ms);
}

TEST_CASE("... of a larger index, and on a client that has opened no line yet") {
    for (const bool warm : {true, false}) {
        CAPTURE(warm);
        one_cluster all;
        if (warm) warm_up(all);
        stream_options how;
        how.read_ahead = 1u << 20;  // so that the head does not reach the end
        how.tail = 512 << 10;
        byte_stream stream = all.tg().open(all.file(), {}, std::move(how));
        all.run(read_next(stream));
        stream.seek(static_cast<std::int64_t>(file_size) - 40'000);
        CHECK(timed(all, read_next(stream)) == 0ms);
    }
}

namespace {

io::awaitable<void> read_all(byte_stream& from) {
    std::size_t at = 0;
    while (const std::optional<chunk> part = co_await from.next()) {
        REQUIRE(std::memcmp(part->data.data(), contents().data() + at, part->data.size()) == 0);
        at += part->data.size();
    }
    CHECK(at == contents().size());
}

duration time_with(const std::string& scenario) {
    local_dc_options servers = one_cluster::serving({}, 1'000'000);
    servers.scenario = scenario;
    one_cluster all(std::move(servers), one_cluster::client_of(4u << 20));
    byte_stream stream = all.tg().open(all.file());
    stream.use(window::adaptive());
    const duration took = timed(all, read_all(stream));
    stream.close();
    all.settle();
    return took;
}

}  // namespace

TEST_CASE("a connection that dies without a word, or an answer that is lost, costs a download some seconds") {
    const duration usual = time_with("");
    for (const char* trouble :
         {"after 300KiB sent on media connection 2: freeze for 10m", "on getFile 5: silence"}) {
        CAPTURE(trouble);
        const duration took = time_with(trouble);
        CHECK(took > usual);
        CHECK(took <= usual + 6s);
    }
}
