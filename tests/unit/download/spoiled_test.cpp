// Downloads over lines that connect, and bring nothing that can be used from some moment on.
#include "unit/one_cluster/one_cluster.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;

namespace {

local_dc_options slow(std::string scenario = {}) {
    local_dc_options made = one_cluster::serving({}, 150'000);
    made.scenario = std::move(scenario);
    return made;
}

config verifying() {
    config made = one_cluster::client_of(4u << 20);
    made.verification = verification::all;
    return made;
}

/// Downloads, which must end by an error within a minute of the last byte and what it takes to notice.
failure ends(one_cluster& all) {
    const duration before = all.now();
    const std::optional<failure> met = all.failure_of_download();
    CHECK(all.now() - before < 80s);
    REQUIRE(met);
    return *met;
}

constexpr spoiled_network::mode all_modes[] = {spoiled_network::mode::stall, spoiled_network::mode::flip,
                                               spoiled_network::mode::garbage,
                                               spoiled_network::mode::trickle};

}  // namespace

TEST_CASE("a download over lines that bring nothing that verifies ends with one error, and can go on later") {
    for (const spoiled_network::mode how : all_modes) {
        CAPTURE(static_cast<int>(how));
        one_cluster all(slow(), verifying());
        all.net().set({how, nullptr, 1'000'000});
        const failure met = ends(all);
        const bool corrupt = how == spoiled_network::mode::flip || how == spoiled_network::mode::garbage;
        if (corrupt) {
            CHECK(met.code == errc::bad_message_key);
            CHECK(met.message().find("interferes") != std::string::npos);
        } else {
            const bool known = met.code == errc::timed_out || met.code == errc::connection_closed;
            CHECK(known);
        }
        all.net().set({});
        all.time_of_download();
    }
}

TEST_CASE("... whatever servers do with connections that they take") {
    for (const char* what : {"close", "break-off", "half-close", "corrupt", "truncate", "drop",
                             "wrong-msg-key", "wrong-length"}) {
        CAPTURE(std::string(what));
        one_cluster all(slow(std::string("always at 1s on connections: ") + what), verifying());
        ends(all);
    }
}

TEST_CASE("... also when they answer all but what files come by") {
    one_cluster all(slow("on getFile 8..: silence"), verifying());
    const failure met = ends(all);
    CHECK(met.code == errc::timed_out);
    CHECK(met.message().find("not a byte of the file came for 60 s") != std::string::npos);
}

TEST_CASE("errors 6: a wait of ten minutes is waited out, however quiet it is meanwhile") {
    for (const char* what : {"on getFile 8: flood-wait 600", "on exportAuthorization 1..2: flood-wait 600",
                             "on importAuthorization 1: flood-wait 600"}) {
        CAPTURE(std::string(what));
        one_cluster all(slow(what), verifying());
        CHECK(all.time_of_download() > 600s - 1s);
    }
}

TEST_CASE("one damaged packet ends no call, whichever it is of") {
    for (const char* method :
         {"getFile", "getFileHashes", "getConfig", "exportAuthorization", "importAuthorization",
          "importBotAuthorization", "resolveUsername", "getMessages", "req_pq_multi", "req_DH_params",
          "set_client_DH_params", "bindTempAuthKey"}) {
        for (const char* what : {"corrupt", "truncate", "wrong-msg-key", "break-off", "wrong-length"}) {
            CAPTURE(std::string(method));
            CAPTURE(std::string(what));
            local_dc_options options = one_cluster::serving({});
            options.scenario = std::string("on ") + method + " 1: " + what;
            one_cluster all(std::move(options), verifying());
            CHECK(all.time_of_download() < 60s);
        }
    }
}

TEST_CASE("an answer that a server has lost, on a line that lives, ends no download") {
    for (const char* method : {"getFile", "getFileHashes", "exportAuthorization", "importAuthorization"}) {
        CAPTURE(std::string(method));
        local_dc_options options = one_cluster::serving({});
        options.scenario = std::string("on ") + method + " 1: drop";
        one_cluster all(std::move(options), verifying());
        CHECK(all.time_of_download() < 60s);
    }
}

TEST_CASE("protocol 3.2: a late packet of the session that bound a key costs no line") {
    one_cluster all(slow(), verifying());
    spoiled_network::settings how;
    how.repeats = true;
    all.net().set(how);
    const auto lost = [&] { return all.logged("connection lost"); };
    const int before = lost();
    all.time_of_download();
    CHECK(all.net().repeated() > 0);
    CHECK(lost() == before);
}
