// Files of the server over pipes and virtual time: parts, hashes, the line that they come over, and faults.
#include "crypto/sha.hpp"
#include "film.hpp"

#include <doctest/doctest.h>

#include <array>
#include <limits>

using namespace mtproto;
using namespace mtproto::localdc::testing;
using namespace std::chrono_literals;
namespace io = mtproto::io;
namespace wire = mtproto::wire;

TEST_CASE("files 8.1 parts are what the file holds, the last one short, and nothing at the very end") {
    film_stage all;
    all.run([](film_stage& at) -> io::awaitable<void> {
        CHECK(at.film.size == static_cast<std::int64_t>(film_size));
        std::vector<std::byte> whole;
        for (std::int64_t offset = 0; offset <= at.film.size; offset += 1 << 19) {
            const bytes query = tl::encode(part_of(at.film, offset, 1 << 19));
            const bytes body = co_await at.there.call(query);
            const auto part = tl::decode<tl::upload::file>(body).value();
            whole.insert(whole.end(), part.bytes.begin(), part.bytes.end());
        }
        CHECK((whole == pattern(film_size)));
        tl::upload::getFileHashes ask;
        ask.location = std::move(part_of(at.film, 0, 4096).location);
        const bytes hashes_query = tl::encode(ask);
        const bytes hashes_body = co_await at.there.call(hashes_query);
        const auto hashes = tl::decode<std::vector<tl::fileHash>>(hashes_body).value();
        REQUIRE(hashes.size() == 8);
        const byte_view window = byte_view(whole).subspan(128 * 1024, 128 * 1024);
        CHECK(hashes[1].offset == 128 * 1024);
        CHECK(hashes[1].limit == 128 * 1024);
        CHECK((hashes[1].hash == bytes::copy(crypto::sha256(window))));
        // A verifier asks on until there are no more, a reader until nothing comes.
        ask.offset = at.film.size;
        const bytes rest_query = tl::encode(ask);
        const bytes rest_body = co_await at.there.call(rest_query);
        CHECK(tl::decode<std::vector<tl::fileHash>>(rest_body).value().empty());
        const bytes past_query = tl::encode(part_of(at.film, 4 << 20, 4096));
        const bytes past_body = co_await at.there.call(past_query);
        CHECK(tl::decode<tl::upload::file>(past_body).value().bytes.empty());
    });
}

TEST_CASE("files 8.1 8.5 wrong data centres, references, offsets and limits are refused") {
    film_stage all;
    all.run([](film_stage& at) -> io::awaitable<void> {
        const bytes good = tl::encode(part_of(at.film, 0, 4096));
        const std::string migrate = co_await at.home.error_of(good);
        CHECK(migrate == "303 FILE_MIGRATE_1");
        tl::document stale;
        stale.id = at.film.id;
        stale.access_hash = at.film.access_hash;
        stale.file_reference = bytes::copy("another");
        const bytes old = tl::encode(part_of(stale, 0, 4096));
        const std::string unknown = co_await at.there.error_of(old);
        CHECK(unknown == "400 FILE_REFERENCE_INVALID");
        struct wrong {
            std::int64_t offset;
            std::int32_t limit;
            bool precise;
            std::string why;
        };
        const std::vector<wrong> all{
            {1024, 4096, false, "400 OFFSET_INVALID"},
            {0, 12288, false, "400 LIMIT_INVALID"},
            {0, 2 << 20, false, "400 LIMIT_INVALID"},
            {0, 0, false, "400 LIMIT_INVALID"},
            {-4096, 4096, false, "400 OFFSET_INVALID"},
            {(1 << 20) - 4096, 8192, false, "400 LIMIT_INVALID"},
            {1024, 3072, true, ""},
            {512, 1024, true, "400 OFFSET_INVALID"},
            {0, 1000, true, "400 LIMIT_INVALID"},
            {(1 << 20) - 1024, 2048, true, "400 LIMIT_INVALID"},
            {4 << 20, 4096, false, ""},
            {std::numeric_limits<std::int64_t>::max() - 4095, 4096, false, ""},
        };
        for (const wrong& each : all) {
            tl::upload::getFile query = part_of(at.film, each.offset, each.limit);
            query.precise = each.precise;
            const bytes body = tl::encode(query);
            const std::string told = co_await at.there.error_of(body);
            CAPTURE(each.offset);
            CAPTURE(each.limit);
            CHECK(told == each.why);
        }
    });
}

TEST_CASE("a round trip takes the time that the options say, whatever is under way beside it") {
    local_dc_options options;
    options.rtt = 100ms;
    world here(options);
    raw_client client(here, 1);
    here.run([](raw_client& c, world& in) -> io::awaitable<void> {
        co_await c.make_key();
        tl::ping ping;
        const bytes body = tl::encode(ping);
        const time_point before = in.simulation.time().now();
        for (int i = 0; i < 5; ++i)
            co_await c.send(body);
        for (int i = 0; i < 5; ++i)
            co_await c.next_of(tl::pong::tl_id);
        CHECK(in.simulation.time().now() - before == 100ms);
    }(client, here));
}

TEST_CASE("a rate spreads a file over time") {
    local_dc_options options;
    options.rate = 1'000'000;
    film_stage all(options);
    all.run([](film_stage& at) -> io::awaitable<void> {
        const bytes query = tl::encode(part_of(at.film, 0, 1 << 20));
        const time_point before = at.here.simulation.time().now();
        co_await at.there.call(query);
        const duration took = at.here.simulation.time().now() - before;
        CHECK(took > 1048ms);
        CHECK(took < 1060ms);
    });
}

TEST_CASE("a rate delivers a large part bit by bit, never a long silence and then all of it") {
    local_dc_options options;
    options.rate = 25'000;
    film_stage all(options);
    all.run([](film_stage& at) -> io::awaitable<void> {
        const bytes query = tl::encode(part_of(at.film, 0, 128 << 10));
        co_await at.there.send(query);
        std::array<std::byte, 4096> some{};
        std::size_t received = 0;
        const time_point before = at.here.simulation.time().now();
        time_point last = before;
        while (received < 128 << 10) {
            const auto count = co_await at.there.stream->read_some(some);
            REQUIRE(count.has_value());
            REQUIRE(*count > 0);
            received += *count;
            const time_point now = at.here.simulation.time().now();
            // The query's own way there is the first bytes' wait.
            CHECK(now - last <= (last == before ? 70ms : 51ms));
            last = now;
        }
        // 131,072 bytes at 25,000 a second.
        constexpr auto least = 5242ms;
        CHECK(last - before >= least);
        // The query and the answer's head and padding go over the path, too.
        CHECK(last - before < least + 108ms);
    });
}

TEST_CASE("the line's time of a dropped answer goes to those that come after it") {
    local_dc_options options;
    options.rate = 100'000;
    film_stage all(options);
    all.run([](film_stage& at) -> io::awaitable<void> {
        const bytes query = tl::encode(part_of(at.film, 0, 512 << 10));
        const bytes knock = tl::encode(tl::ping{});
        const time_point before = at.here.simulation.time().now();
        // The first is under way when the second is dropped: it takes its 5.3 s, the second nothing.
        co_await at.there.send(query);
        const std::int64_t unwanted = co_await at.there.send(query);
        tl::rpc_drop_answer drop;
        drop.req_msg_id = unwanted;
        const bytes drop_query = tl::encode(drop);
        co_await at.there.send(drop_query);
        co_await at.there.send(knock);
        co_await at.there.next_of(tl::pong::tl_id);
        CHECK(at.here.simulation.time().now() - before < 5400ms);
    });
}

TEST_CASE("faults: a flood wait, a short part, wrong bytes, a wrong message key and a closed connection") {
    local_dc_options options;
    options.faults = {"flood-wait=7@getFile:1", "short-part=4096@getFile:2", "wrong-part-bytes@getFile:3",
                      "wrong-msg-key@getFile:4", "close@getFile:5"};
    film_stage all(options);
    all.run([](film_stage& at) -> io::awaitable<void> {
        const bytes query = tl::encode(part_of(at.film, 0, 8192));
        const std::string flood = co_await at.there.error_of(query);
        CHECK(flood == "420 FLOOD_WAIT_7");
        const bytes short_body = co_await at.there.call(query);
        CHECK(tl::decode<tl::upload::file>(short_body)->bytes.size() == 4096);
        const bytes wrong_body = co_await at.there.call(query);
        const auto wrong = tl::decode<tl::upload::file>(wrong_body).value();
        REQUIRE(wrong.bytes.size() == 8192);
        CHECK_FALSE((wrong.bytes == bytes::copy(pattern(8192))));
        co_await at.there.send(query);
        auto sealed = co_await at.there.next_packet();
        REQUIRE(sealed.has_value());
        const auto opened = wire::open(std::move(*sealed), at.there.key, wire::role::client);
        CHECK((opened.error() == errc::bad_message_key));
        co_await at.there.send(query);
        const auto closed = co_await at.there.next_packet();
        CHECK_FALSE(closed.has_value());
    });
}

TEST_CASE(
    "faults: a query whose answer was lost with the connection was executed, and is answered on the next") {
    for (const std::string fault :
         {"close@importBotAuthorization", "transport-error=429@importBotAuthorization"}) {
        CAPTURE(fault);
        local_dc_options options;
        options.faults = {fault};
        world here(options);
        raw_client client(here, 2);
        here.run([](raw_client& c) -> io::awaitable<void> {
            co_await c.make_key();
            tl::auth::importBotAuthorization enter;
            enter.api_id = 1;
            enter.bot_auth_token = "4242:token";
            const bytes query = with_layer(tl::encode(enter));
            const std::int64_t msg_id = co_await c.send(query);
            c.stream->close();
            co_await c.connect();
            // The server says that it has the query (protocol 5.6), so the client does not send it again.
            tl::msgs_state_req ask;
            ask.msg_ids = {msg_id};
            const bytes ask_query = tl::encode(ask);
            co_await c.send(ask_query);
            const bytes body = co_await c.answer_to(msg_id);
            CHECK(tl::decode<tl::auth::authorization>(body).has_value());
        }(client));
    }
}

TEST_CASE("a file that was shortened or replaced since the start is refused, not served as zeros") {
    for (const bool replaced : {false, true}) {
        CAPTURE(replaced);
        film_stage all;
        all.run(
            [](film_stage& at, bool by_rename) -> io::awaitable<void> {
                const temporary_folder& folder = at.files.folder;
                const std::filesystem::path path = folder.path() + "/film.mkv";
                if (by_rename) {
                    folder.add("film.new", pattern(film_size));
                    std::filesystem::rename(folder.path() + "/film.new", path);
                } else {
                    std::filesystem::resize_file(path, 1000);
                }
                const bytes query = tl::encode(part_of(at.film, 0, 8192));
                const std::string refused = co_await at.there.error_of(query);
                CHECK(refused == "500 INTERNAL");
                tl::upload::getFileHashes ask;
                ask.location = std::move(part_of(at.film, 0, 4096).location);
                const bytes hashes = tl::encode(ask);
                const std::string refused_too = co_await at.there.error_of(hashes);
                CHECK(refused_too == "500 INTERNAL");
            },
            replaced);
    }
}

TEST_CASE(
    "a file that shrinks, grows or is overwritten while its part waits is an error of that part alone") {
    for (const std::string change : {"shrinks", "grows", "is overwritten"}) {
        CAPTURE(change);
        served files;
        files.folder.add("other.mkv", pattern(film_size));
        local_dc_options options = files.options();
        options.dcs = 1;
        options.rtt = 100ms;
        world here(options);
        raw_client client(here, 1);
        here.run([](raw_client& c, world& in, const served& of, std::string how) -> io::awaitable<void> {
            co_await c.sign_in();
            const tl::document film = co_await find_film(c);
            const tl::document other = co_await find_film(c, 3);
            const bytes query = tl::encode(part_of(film, 0, 8192));
            const bytes small_query = tl::encode(part_of(film, 8192, 4096));
            const bytes other_query = tl::encode(part_of(other, 0, 8192));
            const std::int64_t lost = co_await c.send(query);
            const std::int64_t lost_too = co_await c.send(small_query);
            const std::int64_t kept = co_await c.send(other_query);
            const auto slept = co_await in.simulation.time().sleep_for(75ms);
            REQUIRE(slept.has_value());
            const std::filesystem::path path = of.folder.path() + "/film.mkv";
            if (how == "shrinks") std::filesystem::resize_file(path, 1000);
            if (how == "grows") std::filesystem::resize_file(path, film_size + 1);
            if (how == "is overwritten") {
                of.folder.add("film.mkv", std::vector<std::byte>(film_size));
                std::filesystem::last_write_time(path, std::filesystem::file_time_type::clock::now() + 1s);
            }
            const bytes refused = co_await c.answer_to(lost);
            CHECK(tl::decode<tl::rpc_error>(refused).value().error_message == "INTERNAL");
            const bytes refused_too = co_await c.answer_to(lost_too);
            CHECK(tl::decode<tl::rpc_error>(refused_too).value().error_message == "INTERNAL");
            // On the same connection.
            const bytes served_on = co_await c.answer_to(kept);
            CHECK((tl::decode<tl::upload::file>(served_on).value().bytes == bytes::copy(pattern(8192))));
            const std::string afterwards = co_await c.error_of(query);
            CHECK(afterwards == "500 INTERNAL");
            const std::string others = co_await c.error_of(other_query);
            CHECK(others.empty());
        }(client, here, files, change));
    }
}

TEST_CASE("a file that vanishes is an error of that file alone") {
    served files;
    files.folder.add("other.mkv", pattern(film_size));
    local_dc_options options = files.options();
    options.dcs = 1;
    world here(options);
    raw_client client(here, 1);
    here.run([](raw_client& c, const served& of) -> io::awaitable<void> {
        co_await c.sign_in();
        const tl::document film = co_await find_film(c);
        const tl::document other = co_await find_film(c, 3);
        std::filesystem::remove(of.folder.path() + "/film.mkv");
        const bytes query = tl::encode(part_of(film, 0, 8192));
        const std::string gone = co_await c.error_of(query);
        CHECK(gone == "500 INTERNAL");
        const bytes other_query = tl::encode(part_of(other, 0, 8192));
        const std::string others = co_await c.error_of(other_query);
        CHECK(others.empty());
    }(client, files));
}
