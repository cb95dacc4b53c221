// Arguments that make no sense: each is errc::bad_argument, and nothing is sent.
#include "unit/one_cluster/one_cluster.hpp"

#include <mtproto/mtproto.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <doctest/doctest.h>

#include <limits>
#include <type_traits>

using namespace mtproto;
using namespace mtproto::test;

namespace {

/// The code of the error that `act` throws at once; none when it does not.
template <class Act>
boost::system::error_code thrown_by(Act act) {
    try {
        act();
    } catch (const error& met) {
        return met.code();
    }
    return {};
}

io::awaitable<void> read(byte_stream& from, std::int64_t offset, boost::system::error_code& met) {
    std::array<std::byte, 10> into{};
    try {
        co_await from.read_at(offset, into);
    } catch (const error& thrown) {
        met = thrown.code();
    }
}

io::awaitable<void> next(byte_stream& from, boost::system::error_code& met, std::size_t& count) {
    try {
        if (const std::optional<chunk> part = co_await from.next()) count += part->data.size();
    } catch (const error& thrown) {
        met = thrown.code();
    }
}

io::awaitable<void> hash(client& tg, media file, byte_range range, boost::system::error_code& met) {
    try {
        co_await tg.hashes(file, range);
    } catch (const error& thrown) {
        met = thrown.code();
    }
}

}  // namespace

TEST_CASE("ranges with negative numbers and an empty media are refused") {
    one_cluster cluster;
    const std::int64_t least = std::numeric_limits<std::int64_t>::min();
    for (const byte_range range :
         {byte_range{-5, 10}, byte_range{0, -2}, byte_range{least, 1}, byte_range{0, least}}) {
        CAPTURE(range.offset);
        CAPTURE(range.length);
        CHECK(thrown_by([&] { cluster.tg().open(cluster.file(), range); }) == errc::bad_argument);
        boost::system::error_code met;
        cluster.run(hash(cluster.tg(), cluster.file(), range, met));
        CHECK(met == errc::bad_argument);
    }
    CHECK(thrown_by([&] { cluster.tg().open(media()); }) == errc::bad_argument);
    media negative = cluster.file();
    negative.size = -1;
    CHECK(thrown_by([&] { cluster.tg().open(negative); }) == errc::bad_argument);
    byte_stream whole = cluster.tg().open(cluster.file(), {0, byte_range::to_end});
    CHECK(whole.size() == static_cast<std::int64_t>(file_size));
    byte_stream beyond = cluster.tg().open(cluster.file(), {10 * std::int64_t{file_size}, 5});
    boost::system::error_code met;
    std::size_t count = 0;
    cluster.run(next(beyond, met, count));
    CHECK_FALSE(met);
    CHECK(count == 0);
}

TEST_CASE("negative offsets of a stream are refused, and it can be read on") {
    one_cluster cluster;
    byte_stream stream = cluster.tg().open(cluster.file(), {100, 1000});
    boost::system::error_code met;
    cluster.run(read(stream, -1, met));
    CHECK(met == errc::bad_argument);
    CHECK(thrown_by([&] { stream.seek(-5); }) == errc::bad_argument);
    CHECK(stream.position() == 100);
    std::size_t count = 0;
    met = {};
    cluster.run(next(stream, met, count));
    CHECK_FALSE(met);
    CHECK(count == 1000);
}

TEST_CASE("a strategy is given before the first next(), and is one") {
    one_cluster cluster;
    byte_stream stream = cluster.tg().open(cluster.file());
    CHECK(thrown_by([&] { stream.use(nullptr); }) == errc::bad_argument);
    stream.use(window::sequential());
    boost::system::error_code met;
    std::size_t count = 0;
    cluster.run(next(stream, met, count));
    CHECK(thrown_by([&] { stream.use(window::sequential()); }) == errc::bad_argument);
    stream.close();
    CHECK(thrown_by([&] { stream.use(window::sequential()); }) == errc::bad_argument);
}

TEST_CASE("of two next() at a time the second is refused, and the first gets its bytes") {
    one_cluster cluster;
    byte_stream stream = cluster.tg().open(cluster.file());
    boost::system::error_code first, second;
    std::size_t count = 0;
    cluster.run([](byte_stream& from, boost::system::error_code& a, boost::system::error_code& b,
                   std::size_t& bytes_of) -> io::awaitable<void> {
        using namespace boost::asio::experimental::awaitable_operators;
        co_await (next(from, a, bytes_of) && next(from, b, bytes_of));
    }(stream, first, second, count));
    CHECK_FALSE(first);
    CHECK(second == errc::bad_argument);
    CHECK(count > 0);
}

TEST_CASE("no type of the public headers is an aggregate that g++ 12 would destroy twice in a co_await") {
    // An aggregate may stay one when destroying it twice does no harm.
    const auto is_safe = []<class T>(std::type_identity<T>) {
        return !std::is_aggregate_v<T> || std::is_trivially_destructible_v<T>;
    };
    CHECK(is_safe(std::type_identity<account>()));
    CHECK(is_safe(std::type_identity<api_credentials>()));
    CHECK(is_safe(std::type_identity<byte_range>()));
    CHECK(is_safe(std::type_identity<call_options>()));
    CHECK(is_safe(std::type_identity<chunk>()));
    CHECK(is_safe(std::type_identity<mtproto::cluster>()));
    CHECK(is_safe(std::type_identity<code_info>()));
    CHECK(is_safe(std::type_identity<config>()));
    CHECK(is_safe(std::type_identity<dc_address>()));
    CHECK(is_safe(std::type_identity<failure>()));
    CHECK(is_safe(std::type_identity<file_hash>()));
    CHECK(is_safe(std::type_identity<file_location>()));
    CHECK(is_safe(std::type_identity<generated_file>()));
    CHECK(is_safe(std::type_identity<local_dc_info>()));
    CHECK(is_safe(std::type_identity<local_dc_limits>()));
    CHECK(is_safe(std::type_identity<local_dc_options>()));
    CHECK(is_safe(std::type_identity<media>()));
    CHECK(is_safe(std::type_identity<media_facts>()));
    CHECK(is_safe(std::type_identity<message_link>()));
    CHECK(is_safe(std::type_identity<progress>()));
    CHECK(is_safe(std::type_identity<proxy>()));
    CHECK(is_safe(std::type_identity<stored_dc>()));
    CHECK(is_safe(std::type_identity<stored_session>()));
    CHECK(is_safe(std::type_identity<stream_options>()));
    CHECK(is_safe(std::type_identity<wait_info>()));
    CHECK_FALSE(std::is_convertible_v<std::size_t, stream_options>);
}
