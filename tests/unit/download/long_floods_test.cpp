// Flood waits longer than the bound, wherever a download of the local data centre meets with them.
#include "unit/one_cluster/one_cluster.hpp"

#include <mtproto/api.hpp>

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;
namespace io = mtproto::io;

TEST_CASE("errors 6: whichever request a long flood wait strikes, the download ends at once and says which") {
    for (const char* method : {"upload.getFile", "auth.exportAuthorization", "auth.importAuthorization"}) {
        CAPTURE(method);
        const std::string name = method;
        one_cluster all({"flood-wait=7200@" + name.substr(name.find('.') + 1) + ":1x0"});
        const duration before = all.now();
        const std::optional<failure> met = all.failure_of_download();
        REQUIRE(met.has_value());
        CHECK(met->rpc_code == 420);
        CHECK(met->method == name);
        CHECK(met->value > 7190);
        CHECK(met->value <= 7200);
        CHECK(all.now() - before < 30s);
    }
}

TEST_CASE("errors 6: a flood wait that a stream met holds the program's own calls for files, too") {
    one_cluster all({"flood-wait=7200@getFile:1"});
    REQUIRE(all.failure_of_download().has_value());
    std::optional<failure> met;
    all.run([](client& tg, int dc, std::optional<failure>& into) -> io::awaitable<void> {
        tl::upload::getFileHashes request;
        request.location = tl::inputDocumentFileLocation();
        call_options options;
        options.dc = dc;
        try {
            co_await tg.call(request, options);
        } catch (const error& thrown) {
            into = thrown.info();
        }
    }(all.tg(), all.file().dc, met));
    REQUIRE(met.has_value());
    CHECK(met->rpc_code == 420);  // of a location that is none the server would say 400
    CHECK(met->value > 7190);
}

TEST_CASE("a stream has a bound of its own on flood waits") {
    one_cluster all({"flood-wait=7200@getFile:2"});
    stream_options patient;
    patient.max_wait = 3h;
    const duration before = all.now();
    byte_stream stream = all.tg().open(all.file(), {}, patient);
    all.run([](byte_stream& from) -> io::awaitable<void> {
        std::int64_t got = 0;
        while (const std::optional<chunk> part = co_await from.next())
            got += static_cast<std::int64_t>(part->data.size());
        CHECK(got == static_cast<std::int64_t>(file_size));
    }(stream));
    CHECK(all.now() - before >= 2h);
}

TEST_CASE(
    "errors 6: a long flood wait for hashes is an error at once, of the survey and of a proved download") {
    for (const bool survey : {true, false}) {
        CAPTURE(survey);
        config settings = one_cluster::client_of(4u << 20);
        settings.verification = verification::all;
        one_cluster all(one_cluster::serving({"flood-wait=7200@getFileHashes:1x0"}), settings);
        const duration before = all.now();
        std::optional<failure> met;
        if (survey)
            all.run([](client& tg, media file, std::optional<failure>& into) -> io::awaitable<void> {
                try {
                    co_await tg.hashes(std::move(file));
                } catch (const error& thrown) {
                    into = thrown.info();
                }
            }(all.tg(), all.file(), met));
        else
            met = all.failure_of_download();
        REQUIRE(met.has_value());
        CHECK(met->rpc_code == 420);
        CHECK(met->value > 7190);
        CHECK(all.now() - before < 30s);
    }
}
