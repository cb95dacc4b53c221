// Media-only addresses that do not serve, of a data centre whose other ones do.
#include "unit/one_cluster/one_cluster.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;

namespace {

constexpr const char* left = "do not serve";

local_dc_options troubled(std::string scenario) {
    local_dc_options made = one_cluster::serving({});
    made.scenario = std::move(scenario);
    made.sessions_a_key = 1;  // at the other ones: more would cost the login (protocol 8.7)
    return made;
}

}  // namespace

TEST_CASE(
    "files 8.6: media-only addresses that do not serve are left for the others, and tried again later") {
    for (const bool forward_secrecy : {true, false}) {
        CAPTURE(forward_secrecy);
        config settings = one_cluster::client_of(4u << 20);
        settings.forward_secrecy = forward_secrecy;
        one_cluster all(troubled("on media connection always: close"), std::move(settings));
        CHECK(all.time_of_download() < 15s);
        CHECK(all.logged(left) == 1);
        CHECK(all.time_of_download() < 1s);
        CHECK(all.logged(left) == 1);
        all.run(all.rest(10min));
        CHECK(all.time_of_download() < 15s);
        CHECK(all.logged(left) == 2);
    }
}

TEST_CASE("... also when they say nothing, which takes longer to find out") {
    one_cluster all(troubled("on media connection always: silence"), one_cluster::client_of(4u << 20));
    CHECK(all.time_of_download() < 70s);
    CHECK(all.logged(left) == 1);
}

TEST_CASE("... also when they served until then, in the middle of a file") {
    local_dc_options options = troubled("at 1s on each media connection: close");
    options.rate = 1'000'000;
    one_cluster all(std::move(options), one_cluster::client_of(4u << 20));
    CHECK(all.time_of_download() < 70s);
    CHECK(all.logged(left) == 1);
}

TEST_CASE("... also when they answer with -503, or take no connections (-429)") {
    struct trouble {
        const char* scenario;
        duration longest;
    };
    for (const trouble& each : {trouble{"on getFile 1.. on media connections: timed-out", 10s},
                                trouble{"on media connection always: transport-error 429", 60s}}) {
        CAPTURE(each.scenario);
        one_cluster all(troubled(each.scenario), one_cluster::client_of(4u << 20));
        CHECK(all.time_of_download() < each.longest);
        CHECK(all.logged(left) == 1);
    }
}

TEST_CASE("... but not while one of them serves, or when nothing does") {
    SUBCASE("one serves") {
        local_dc_options options = troubled("on media connection 5.. always: close");
        // Numbers count all of the cluster's connections: the media-only ones begin before the fifth.
        options.rate = 100'000;  // the others have been given up when the file is here
        one_cluster all(std::move(options), one_cluster::client_of(4u << 20));
        all.time_of_download();
        CHECK(all.logged(left) == 0);
    }
    SUBCASE("they serve, but no more than three connections, one of which is the account's own") {
        local_dc_options options = one_cluster::serving({}, 300'000);
        options.limits.most_connections = 3;
        one_cluster all(std::move(options), one_cluster::client_of(4u << 20));
        all.time_of_download();
        all.run(all.rest(1min));  // nothing was answered for long
        all.time_of_download();
        CHECK(all.logged(left) == 0);
    }
    SUBCASE("nothing does") {
        one_cluster all(troubled("at 1m on connection always: close"), one_cluster::client_of(4u << 20));
        all.run(all.rest(2min));
        CHECK(all.failure_of_download());
        CHECK(all.logged(left) == 0);
    }
}

TEST_CASE("... whatever they do with connections that they take") {
    for (const char* what :
         {"close", "break-off", "half-close", "corrupt", "truncate", "drop", "wrong-length"}) {
        CAPTURE(std::string(what));
        local_dc_options options = troubled(std::string("always at 500ms on media connections: ") + what);
        options.rate = 200'000;
        one_cluster all(std::move(options), one_cluster::client_of(4u << 20));
        CHECK(all.time_of_download() < 65s);
        CHECK(all.logged(left) == 1);
    }
}

TEST_CASE("... or with what is asked of them for files, while they answer all else") {
    local_dc_options options = troubled("on getFile 5.. on media connections: silence");
    options.rate = 200'000;
    one_cluster all(std::move(options), one_cluster::client_of(4u << 20));
    CHECK(all.time_of_download() < 70s);
    CHECK(all.logged(left) == 1);
}

TEST_CASE("... and those that say nothing, or bytes that are nothing, for as long") {
    using mode = spoiled_network::mode;
    for (const mode how : {mode::stall, mode::flip, mode::garbage, mode::trickle}) {
        CAPTURE(static_cast<int>(how));
        local_dc_options options = troubled("");
        options.rate = 200'000;
        one_cluster all(std::move(options), one_cluster::client_of(4u << 20));
        const auto media = [&all](const io::endpoint& where) { return all.is_media(where); };
        all.net().set({how, media, 500'000});
        CHECK(all.time_of_download() < 65s);
        CHECK(all.logged(left) == 1);
    }
}

TEST_CASE("after an outage of all addresses files come over the media-only ones as before") {
    using mode = spoiled_network::mode;
    for (duration outage = 15s; outage <= 55s; outage += 4s) {
        CAPTURE(outage.count());
        local_dc_options options = troubled("");
        options.rate = 150'000;
        one_cluster all(std::move(options), one_cluster::client_of(4u << 20));
        bool over = false;
        const auto back = [&]() -> io::awaitable<void> {
            co_await all.rest(1s);
            all.net().set({mode::hold});
            co_await all.rest(outage);
            all.net().set({});
        };
        all.spawn(back(), [&] { over = true; });
        CHECK(all.time_of_download() < outage + 30s);
        CHECK(over);
        CHECK(all.logged(left) == 0);
    }
}

TEST_CASE("media-only addresses that answer again are gone back to long before their rest is over") {
    using mode = spoiled_network::mode;
    local_dc_options options = troubled("");
    options.rate = 100'000;
    one_cluster all(std::move(options), one_cluster::client_of(4u << 20));
    const auto media = [&all](const io::endpoint& where) { return all.is_media(where); };
    all.net().set({mode::stall, media});
    all.time_of_download();
    CHECK(all.logged(left) == 1);
    all.net().set({});
    all.run(all.rest(2min));
    CHECK(all.logged("answer again") == 1);
    CHECK(all.time_of_download() < 15s);  // over one connection it takes 33
}
