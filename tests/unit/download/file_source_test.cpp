// The places of a file, one by one: the data centre and the CDN of the local cluster answer for themselves.
#include "download/file_source.hpp"

#include "download/cdn_errc.hpp"
#include "download/cdn_file.hpp"
#include "unit/one_cluster/one_cluster.hpp"

#include <mtproto/tl_api.hpp>

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;
namespace io = mtproto::io;
using download::moved;
using download::reply;

namespace {

constexpr int cdn_dc = 203;

one_cluster cluster_with_cdn(std::vector<std::string> faults = {}) {
    local_dc_options options = one_cluster::serving(std::move(faults));
    options.cdn = true;
    return one_cluster(std::move(options), one_cluster::client_of(4u << 20));
}

io::awaitable<void> fetch_into(std::shared_ptr<download::part_source> from, std::int64_t offset,
                               reply<bytes>& into) {
    into = co_await from->fetch(0, offset, 4096);
}

reply<bytes> fetch(one_cluster& all, download::file_source& file, std::int64_t offset = 0) {
    reply<bytes> made = failure(errc::cancelled);
    all.run(fetch_into(file.serving(), offset, made));
    return made;
}

bool is_right(const reply<bytes>& part, std::int64_t offset = 0) {
    return part && part->size() == 4096 &&
           std::memcmp(part->data(), contents().data() + offset, part->size()) == 0;
}

/// Where an answer leads to; it must be one that leads somewhere.
moved lead(const reply<bytes>& answer) {
    REQUIRE_FALSE(answer.has_value());
    const download::no_reply error = answer.error();
    REQUIRE(std::holds_alternative<moved>(error));
    return std::get<moved>(error);
}

}  // namespace

TEST_CASE("cdn 8.3: a redirect is an answer that leads to a place, and is followed once") {
    one_cluster all = cluster_with_cdn();
    download::file_source file(all.account(), all.file(), verification::cdn);
    const moved first = lead(fetch(all, file));
    const moved second = lead(fetch(all, file));
    CHECK_FALSE(first.why.code);
    REQUIRE(first.to.cdn);
    CHECK(first.to.serving_dc() == cdn_dc);
    CHECK(first.to.dc == all.file().dc);
    CHECK(file.here().cdn == nullptr);  // an answer changes nothing by itself
    CHECK(file.version() == 0);

    file.follow(first, 0);
    CHECK(file.here() == first.to);
    CHECK(file.version() == 1);
    file.follow(second, 0);  // of a request from before
    CHECK(file.here() == first.to);
    CHECK(file.version() == 1);
    CHECK(&file.gate() == &first.to.gate());
    CHECK(&file.gate() != &first.to.behind_cdn().gate());
    CHECK(is_right(fetch(all, file, 8192), 8192));
}

TEST_CASE("without verification the data centre is told that nothing is taken from a CDN") {
    one_cluster all = cluster_with_cdn();
    download::file_source file(all.account(), all.file(), verification::off);
    CHECK(is_right(fetch(all, file)));
    CHECK(file.version() == 0);
}

TEST_CASE("only what must be proved is compared, unless all is") {
    one_cluster home({"wrong-part-bytes@getFile:1x0"});
    download::file_source little(home.account(), home.file(), verification::cdn);
    CHECK(fetch(home, little).has_value());
    download::file_source all(home.account(), home.file(), verification::all);
    const reply<bytes> wrong = fetch(home, all);
    REQUIRE_FALSE(wrong.has_value());
    CHECK(std::get<failure>(wrong.error()).code == errc::bad_part);

    one_cluster cdn = cluster_with_cdn({"wrong-part-bytes@getCdnFile:1x0"});
    download::file_source file(cdn.account(), cdn.file(), verification::cdn);
    file.follow(lead(fetch(cdn, file)), 0);
    const moved back = lead(fetch(cdn, file));
    CHECK(back.why.code == make_error_code(download::cdn_errc::failed));
    CHECK(back.to.cdn == nullptr);
}

TEST_CASE("cdn 8.3: a CDN that is left is not gone to again, by no file for ten minutes") {
    one_cluster all = cluster_with_cdn({"rpc-error=400 CDN_METHOD_INVALID@getCdnFile:1x0"});
    download::file_source file(all.account(), all.file(), verification::cdn);
    file.follow(lead(fetch(all, file)), 0);
    const moved back = lead(fetch(all, file));
    CHECK(back.why.code == make_error_code(download::cdn_errc::failed));
    file.follow(back, 1);
    CHECK(file.version() == 2);
    CHECK(is_right(fetch(all, file)));

    download::file_source other(all.account(), all.file(), verification::cdn);
    CHECK(is_right(fetch(all, other)));
    all.run(all.rest(10min));
    download::file_source later(all.account(), all.file(), verification::cdn);
    CHECK(lead(fetch(all, later)).to.cdn);
}

TEST_CASE("cdn 8.3: an expired token leads back to the data centre, which sends us on anew") {
    one_cluster all = cluster_with_cdn({"rpc-error=400 FILE_TOKEN_INVALID@getCdnFile:1"});
    download::file_source file(all.account(), all.file(), verification::cdn);
    file.follow(lead(fetch(all, file)), 0);
    const moved back = lead(fetch(all, file));
    CHECK(back.why.code == make_error_code(download::cdn_errc::expired));
    file.follow(back, 1);
    const moved again = lead(fetch(all, file));
    CHECK(again.to.cdn);
    file.follow(again, 2);
    CHECK(is_right(fetch(all, file)));
}

TEST_CASE("a CDN that says nothing is left for the data centre, in place of other addresses") {
    one_cluster all = cluster_with_cdn();
    download::file_source file(all.account(), all.file(), verification::cdn);
    file.follow(lead(fetch(all, file)), 0);
    bool elsewhere = false;
    all.run([](download::file_source& from, bool& into) -> io::awaitable<void> {
        into = (co_await from.look_elsewhere()).value();
    }(file, elsewhere));
    CHECK(elsewhere);
    CHECK(file.version() == 2);
    CHECK(is_right(fetch(all, file)));
}

TEST_CASE("a file that lives elsewhere: the answer leads to its data centre, and its gate is another") {
    one_cluster all;
    const int right = all.file().dc;
    all.file().dc = all.info().home_dc;
    download::file_source file(all.account(), all.file(), verification::cdn);
    schedule::flood_gate& before = file.gate();
    const moved answer = lead(fetch(all, file));
    CHECK(answer.why.is("FILE_MIGRATE"));
    CHECK(answer.to.dc == right);
    file.follow(answer, 0);
    CHECK(file.here().dc == right);
    CHECK(&file.gate() != &before);
    CHECK(is_right(fetch(all, file)));
}

TEST_CASE("files 8.5: one renewal of the reference serves all that ask for it") {
    one_cluster all;
    download::file_source file(all.account(), all.file(), verification::cdn);
    const auto renew = [](download::file_source& from, int version) -> io::awaitable<void> {
        const outcome<void> done = co_await from.renew_reference(version);
        CHECK(done.has_value());
    };
    int ended = 0;
    for (int i = 0; i < 3; ++i)
        all.spawn(renew(file, 0), [&] { ++ended; });
    all.run(all.rest(1s));
    CHECK(ended == 3);
    CHECK(file.version() == 1);
    all.run(renew(file, 0));  // past already
    CHECK(file.version() == 1);
    CHECK(is_right(fetch(all, file)));
}
