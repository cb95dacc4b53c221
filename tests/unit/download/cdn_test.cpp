// Streams from the CDN of the local data centre: redirects, reuploads, tokens, lies, and the way back.
#include "crypto/sha.hpp"
#include "download/cdn_file.hpp"
#include "unit/one_cluster/one_cluster.hpp"

#include <mtproto/tl_api.hpp>

#include <boost/asio/experimental/awaitable_operators.hpp>
#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;
namespace io = mtproto::io;

namespace {

constexpr const char* back = "comes without the CDN from here on";
constexpr const char* drawn = "a temporary key was made";

local_dc_options with_cdn(std::vector<std::string> faults = {}) {
    local_dc_options made = one_cluster::serving(std::move(faults));
    made.cdn = true;
    return made;
}

config proving(verification what = verification::cdn) {
    config made = one_cluster::client_of(4u << 20);
    made.verification = what;
    return made;
}

}  // namespace

TEST_CASE("cdn 8.3: a whole file from the CDN, and a second time over the same lines") {
    one_cluster all(with_cdn(), proving());
    const int keys = all.logged(drawn);
    CHECK_FALSE(all.failure_of_download());
    CHECK(all.logged(drawn) == keys + 3);  // two kinds of address of its data centre, and the CDN
    const duration before = all.now();
    CHECK_FALSE(all.failure_of_download());
    CHECK(all.now() - before < 250ms);
    CHECK(all.logged(back) == 0);
}

TEST_CASE("cdn 8.3: ranges from any offset") {
    one_cluster all(with_cdn(), proving());
    byte_stream stream = all.tg().open(all.file());
    all.run([](byte_stream& from) -> io::awaitable<void> {
        co_await read_here(from, 1'000'003, 4096);
        co_await read_here(from, 1, 1);
        co_await read_here(from, 3'300'000, 100);
        co_await read_here(from, 131'071, 2);
        co_await read_here(from, 700'000, 900'000);
    }(stream));
    CHECK(all.logged(back) == 0);
}

TEST_CASE("cdn 8.3: an empty CDN is given the file, and one that forgets it in the middle again") {
    local_dc_options empty = with_cdn({"forgotten-file@getCdnFile:5"});
    empty.cdn_empty = true;
    one_cluster all(empty, proving());
    CHECK_FALSE(all.failure_of_download());
    CHECK(all.logged(back) == 0);
}

TEST_CASE("cdn 8.3: tokens that expire in the middle are fetched anew, but not for ever") {
    one_cluster all(with_cdn({"expired-token@getCdnFile:4", "rpc-error=400 FILE_TOKEN_INVALID@getCdnFile:9"}),
                    proving());
    CHECK_FALSE(all.failure_of_download());
    CHECK(all.logged(back) == 0);
    one_cluster circle(with_cdn({"rpc-error=400 FILE_TOKEN_INVALID@getCdnFile:1x0"}), proving());
    CHECK(circle.time_of_download() < 10s);  // long before a CDN is left that brings nothing
    CHECK(circle.logged(back) == 1);
}

TEST_CASE("cdn 8.4: what lies once is asked again; what goes on lying is left for the data centre") {
    one_cluster once(with_cdn({"wrong-part-bytes@getCdnFile:3", "wrong-hash@getCdnFileHashes:1"}), proving());
    CHECK_FALSE(once.failure_of_download());
    CHECK(once.logged(back) == 0);
    one_cluster always(with_cdn({"wrong-part-bytes@getCdnFile:3x0"}), proving());
    CHECK_FALSE(always.failure_of_download());
    CHECK(always.logged(back) == 1);
}

TEST_CASE("what a CDN does to a download, and the file is whole all the same") {
    for (const char* fault :
         {"flood-wait=3@getCdnFile:3", "internal@getCdnFile:2x2", "close@getCdnFile:4x2",
          "short-part=100@getCdnFile:3", "long-part=16@getCdnFile:4", "wrong-msg-key@getCdnFile:2",
          "rpc-error=400 CDN_METHOD_INVALID@getCdnFile:2x0", "internal@getCdnFile:3x0",
          "flood-wait=3@getCdnFileHashes:1", "expired-reference@getFile:1", "lost-key@getCdnFile:4",
          "rpc-error=400 LOCATION_INVALID@getCdnFileHashes:1x0"}) {
        CAPTURE(fault);
        one_cluster all(with_cdn({fault}), proving());
        const duration took = all.time_of_download();
        if (std::strncmp(fault, "flood", 5) == 0) CHECK(took >= 3s);
    }
}

TEST_CASE("errors 6: a flood wait for what a CDN is to be given holds the parts that need it, in full") {
    local_dc_options empty = with_cdn({"flood-wait=3@reuploadCdnFile:2"});
    empty.cdn_empty = true;
    int early = 0;
    empty.log = [&](log_level, std::string_view line) {
        early += line.find("before its flood wait was over") != line.npos ? 1 : 0;
    };
    one_cluster all(empty, proving());
    CHECK(all.time_of_download() >= 3s);
    CHECK(all.logged(back) == 0);
    CHECK(early == 0);
}

TEST_CASE("a CDN that does not answer costs seconds, and the file comes from its data centre") {
    local_dc_options options = with_cdn();
    options.scenario = "on DC 203 connection always: close";
    one_cluster all(options, proving());
    CHECK(all.time_of_download() < 10s);
    CHECK(all.logged(back) == 1);
}

TEST_CASE("a CDN that takes connections and says nothing costs seconds, too") {
    local_dc_options options = with_cdn();
    options.scenario = "on DC 203 connection always: silence";
    one_cluster all(options, proving());
    CHECK(all.time_of_download() < 15s);
    CHECK(all.logged(back) == 1);
    // Every range that a player asks for is a stream of its own.
    CHECK(all.time_of_download() < 1s);
    CHECK(all.logged(back) == 1);
    all.run(all.rest(10min));
    CHECK_FALSE(all.failure_of_download());
    CHECK(all.logged(back) == 2);
}

TEST_CASE("an answer that a CDN keeps back, or a connection that falls silent, costs seconds") {
    duration plain{};
    {
        local_dc_options options = with_cdn();
        options.rate = 1'000'000;
        one_cluster all(options, proving());
        plain = all.time_of_download();
    }
    for (const std::string trouble :
         {"on getCdnFile 5: silence", "after 200KB on DC 203 connection: freeze for 10m",
          "after 400KB on each DC 203 connection: freeze for 10m"}) {
        CAPTURE(trouble);
        local_dc_options options = with_cdn();
        options.scenario = trouble;
        options.rate = 1'000'000;
        one_cluster all(options, proving());
        const duration took = all.time_of_download();
        CHECK(all.logged(back) == 0);
        CHECK(took > plain);
        CHECK(took < 30s);
    }
}

TEST_CASE("without verification nothing is taken from a CDN; with all of it everything is proved") {
    // A CDN that is asked anything would lie.
    one_cluster off(with_cdn({"wrong-part-bytes@getCdnFile:1x0"}), proving(verification::off));
    CHECK_FALSE(off.failure_of_download());
    CHECK(off.logged(back) == 0);

    one_cluster all({"wrong-part-bytes@getFile:3"}, 4u << 20);
    byte_stream unproved = all.tg().open(all.file());
    bool same = true;
    all.run([](byte_stream& from, bool& right) -> io::awaitable<void> {
        while (const auto part = co_await from.next())
            right = right &&
                    std::memcmp(part->data.data(), contents().data() + part->offset, part->data.size()) == 0;
    }(unproved, same));
    CHECK_FALSE(same);
}

TEST_CASE("files 8.4: with verification of all, wrong bytes and wrong hashes heal once and end a download") {
    const auto met_with = [](const char* fault) {
        one_cluster all(one_cluster::serving({fault}), proving(verification::all));
        return all.failure_of_download();
    };
    CHECK_FALSE(met_with("wrong-part-bytes@getFile:3"));
    CHECK_FALSE(met_with("wrong-hash@getFileHashes:2"));
    CHECK_FALSE(met_with("flood-wait=2@getFileHashes:2"));
    CHECK_FALSE(met_with("expired-reference@getFileHashes:2"));
    for (const char* fault : {"wrong-part-bytes@getFile:3x0", "wrong-hash@getFileHashes:2x0"}) {
        const std::optional<failure> met = met_with(fault);
        REQUIRE(met);
        CHECK(met->code == errc::bad_part);
        CHECK(met->method == "upload.getFile");
    }
}

TEST_CASE("two streams of one file from the CDN at once") {
    one_cluster all(with_cdn({"forgotten-file@getCdnFile:4", "expired-token@getCdnFile:9"}), proving());
    byte_stream one = all.tg().open(all.file());
    byte_stream other = all.tg().open(all.file(), {1'000'000, -1});
    const auto read = [](byte_stream& from) -> io::awaitable<void> {
        while (const auto part = co_await from.next())
            CHECK(std::memcmp(part->data.data(), contents().data() + part->offset, part->data.size()) == 0);
        CHECK(from.position() == from.size());
    };
    using namespace boost::asio::experimental::awaitable_operators;
    all.run((read(one) && read(other)));
    CHECK(all.logged(back) == 0);
}

TEST_CASE("a stream and its client go away with a CDN's parts and hashes under way") {
    for (int parts = 0; parts < 4; ++parts) {
        local_dc_options empty = with_cdn();
        empty.cdn_empty = true;
        one_cluster all(empty, proving());
        auto stream = std::make_unique<byte_stream>(all.tg().open(all.file()));
        all.run([](byte_stream& from, int parts) -> io::awaitable<void> {
            for (int i = 0; i < parts; ++i)
                co_await from.next();
        }(*stream, parts));
        stream.reset();
        if (parts % 2 == 0) all.settle();
    }
}

TEST_CASE("cdn 8.3: a redirect that leads nowhere is none") {
    const auto redirect = [](std::size_t key, std::size_t iv, int dc = 203) {
        tl::upload::fileCdnRedirect made;
        made.dc_id = dc;
        made.file_token = bytes::copy("token");
        made.encryption_key = bytes::copy(std::string(key, 'k'));
        made.encryption_iv = bytes::copy(std::string(iv, 'i'));
        return made;
    };
    CHECK(download::cdn_file::read(redirect(32, 16), 1000).has_value());
    CHECK_FALSE(download::cdn_file::read(redirect(31, 16), 1000).has_value());
    CHECK_FALSE(download::cdn_file::read(redirect(32, 17), 1000).has_value());
    CHECK_FALSE(download::cdn_file::read(redirect(32, 16, 0), 1000).has_value());
    tl::upload::fileCdnRedirect lying = redirect(32, 16);
    tl::fileHash beyond;
    beyond.offset = 1000;
    beyond.limit = 10;
    beyond.hash = bytes::copy(std::string(32, 'h'));
    lying.file_hashes.push_back(std::move(beyond));
    CHECK_FALSE(download::cdn_file::read(lying, 1000).has_value());
}

TEST_CASE("cdn 8.3: the counter goes on past 2^31 and 2^32 bytes as openssl's does") {
    // echo -n 0123456789abcdef0123456789abcdef | openssl enc -aes-256-ctr -K 6b..6b (32 times)
    //   -iv 696969696969696969696969 and BE32(offset / 16)
    struct vector {
        std::int64_t offset;
        const char* hex;
    };
    tl::upload::fileCdnRedirect to;
    to.dc_id = 203;
    to.encryption_key = bytes::copy(std::string(32, 'k'));
    to.encryption_iv = bytes::copy(std::string(16, 'i'));
    const auto file = download::cdn_file::read(to, std::int64_t{8} << 30).value();
    const vector all[] = {
        {0, "bc24fb78388e0ac1a6dbe44bd98e7fe2729d3f1908269a9127141b5d65239c62"},
        {16, "729d3f1908269a9127141b5d65239c62eab5ca4706cd9733c36d801af8734001"},
        {4096, "abd6e474fe9671766e2c36d62d83e1b97107c46a311d8af52f6e4433fc7e59ba"},
        {1048576, "767eed5d7c2fb6737ff7970a8889b5eb4010e2d3c9b5ea940526f257dbc4d681"},
        {2147483648, "a3075d550cb5ca4b1a15c55cc6b99c0c0c3fa0bafbd10b286881557d2ddcd138"},
        {4294971392, "500129724901f1d38495087b65e8718c0ec3a4f2e01641b0cc8c00778f9610ee"},
        {8589934560, "828913ed4859de1a67b6acebddd7879b056c4bc95a55b183dabb9199224e5fdf"},
    };
    for (const vector& each : all) {
        CAPTURE(each.offset);
        const bytes made = file.decrypted(bytes::copy("0123456789abcdef0123456789abcdef"), each.offset);
        std::string text;
        for (const std::byte one : made) {
            text += "0123456789abcdef"[std::to_integer<unsigned>(one) >> 4];
            text += "0123456789abcdef"[std::to_integer<unsigned>(one) & 15];
        }
        CHECK(text == each.hex);
    }
}
