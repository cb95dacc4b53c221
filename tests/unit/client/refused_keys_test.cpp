// Temporary keys that are not bound, forgotten, or not renewed: what recovers, and what is an error.
#include "unit/client/session_files.hpp"
#include "unit/client/temporary_keys.hpp"

#include <doctest/doctest.h>

#include <string>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;

TEST_CASE("pfs 3.1: with a renewal that fails the old key serves until its end, and then a new one") {
    local_dc_options options;
    options.rtt = 100ms;
    options.rate = 10'000;
    // Home and the file's data centre make their five keys first; then nothing for some time.
    options.faults = {"close@req_pq_multi:6x6"};
    local_cluster all(options, with_lifetime(40s), some_file(4'500'000));
    all.log_in();
    std::string got;
    all.run(fetch_file(all, got, pace::one_by_one));
    CHECK((got == all.file()));
    CHECK(all.logged("no fresh temporary key") >= 1);
}

TEST_CASE("pfs 6: AUTH_KEY_PERM_EMPTY in mid download costs the temporary key, and no request fails") {
    for (const char* fault :
         {"rpc-error=401 AUTH_KEY_PERM_EMPTY@getFile:3", "rpc-error=401 AUTH_KEY_PERM_EMPTY@getFile:2x6",
          "rpc-error=401 AUTH_KEY_INVALID@getFile:3"}) {
        CAPTURE(fault);
        local_dc_options options;
        options.faults = {fault};
        local_cluster all(options);
        all.log_in();
        const stored_session before = all.session();
        std::string got;
        all.run(fetch_file(all, got));
        CHECK((got == all.file()));
        CHECK(all.logged("does not know what the temporary key is bound to") >= 1);
        CHECK(all.logged(made_one) >= 4);
        const int home = all.info().home_dc;
        CHECK(all.session().dcs.at(home).auth_key == before.dcs.at(home).auth_key);
    }
}

TEST_CASE("pfs 6: a server that finds no key bound for ever is an error, not a loop") {
    local_dc_options options;
    options.faults = {"rpc-error=401 AUTH_KEY_PERM_EMPTY@getConfig:1x0"};
    local_cluster all(options);
    const outcome<void> connected = connect(all);
    REQUIRE_FALSE(connected.has_value());
    CHECK(connected.error().is("AUTH_KEY_PERM_EMPTY"));
    CHECK(all.logged(made_one) == 3);
}

TEST_CASE("pfs 3.5: ENCRYPTED_MESSAGE_INVALID once is mended by a fresh temporary key") {
    local_dc_options options;
    options.faults = {"rpc-error=400 ENCRYPTED_MESSAGE_INVALID@bindTempAuthKey:1"};
    local_cluster all(options);
    all.log_in();
    CHECK(all.wire().connections() == 1);
    CHECK(all.logged("probing") == 0);
    CHECK(all.wire().keys(home_of(all)).size() == 2);  // the one that could not be bound, too
}

TEST_CASE("pfs 3.5: with ENCRYPTED_MESSAGE_INVALID for ever the permanent key is probed, and kept") {
    local_dc_options options;
    options.faults = {"rpc-error=400 ENCRYPTED_MESSAGE_INVALID@bindTempAuthKey:1x0"};
    client_settings without;
    without.forward_secrecy = false;
    local_cluster all(options, without);
    all.log_in();
    const stored_session kept = all.session();
    all.restart(client_settings());
    const outcome<void> connected = connect(all);
    REQUIRE_FALSE(connected.has_value());
    CHECK(connected.error().code == errc::handshake_failed);
    CHECK(connected.error().method == "auth.bindTempAuthKey");
    CHECK(connected.error().detail.find("400 ENCRYPTED_MESSAGE_INVALID") != std::string::npos);
    CHECK(connected.error().detail.find("the permanent key is known") != std::string::npos);
    CHECK(all.logged("probing the permanent one") >= 1);
    const int home = all.info().home_dc;
    CHECK(all.session().dcs.at(home).auth_key == kept.dcs.at(home).auth_key);
    CHECK(all.session().user_id == kept.user_id);
}

TEST_CASE("transport error 1.6: -404 under a temporary key costs that key only") {
    local_dc_options options;
    options.faults = {"transport-error=404@getFile:3"};
    local_cluster all(options);
    all.log_in();
    std::string got;
    all.run(fetch_file(all, got));
    CHECK((got == all.file()));
    CHECK(all.logged("forgotten the temporary key") == 1);
    CHECK(all.logged("forgotten the authorization key") == 0);
    CHECK(all.logged(made_one) == 4);
}

TEST_CASE("transport error 1.6: a server that forgets every temporary key is an error, not a loop") {
    local_dc_options options;
    options.faults = {"transport-error=404@getConfig:1x0"};
    local_cluster all(options);
    const outcome<void> connected = connect(all);
    REQUIRE_FALSE(connected.has_value());
    CHECK(connected.error().code == errc::transport_error);
    CHECK(connected.error().rpc_code == -404);
}

TEST_CASE(
    "transport error 1.6: -404 that somebody on the way sends costs no login, in memory or in the store") {
    client_settings settings;
    SUBCASE("under temporary keys") {}
    SUBCASE("under the permanent key itself") {
        settings.forward_secrecy = false;
    }
    local_cluster all({}, settings);
    all.log_in();
    const stored_session before = all.session();
    all.wire().forge_refusals(true);
    for (int run = 0; run < 3; ++run) {
        all.restart();
        for (int hour = 0; hour < 3; ++hour) {
            const outcome<void> connected = connect(all);
            REQUIRE_FALSE(connected.has_value());
            CHECK(connected.error().code == errc::transport_error);
            CHECK(connected.error().rpc_code == -404);
            all.run(pass(all, 1h));
        }
        ::test::check_equal(all.session(), before);
    }
    all.wire().forge_refusals(false);
    std::string got;
    all.run(go_on(all, got));
    CHECK((got == all.file()));
    CHECK(all.session().user_id == before.user_id);
    for (const auto& [dc, kept] : before.dcs)
        CHECK(all.session().dcs.at(dc).auth_key == kept.auth_key);
}

TEST_CASE("transport error 1.6: a passing -404 under the permanent key itself costs nothing") {
    client_settings settings;
    settings.forward_secrecy = false;
    local_dc_options options;
    options.faults = {"transport-error=404@getFile:3x6"};
    local_cluster all(options, settings);
    all.log_in();
    const stored_session before = all.session();
    std::string got;
    all.run(fetch_file(all, got));
    CHECK((got == all.file()));
    CHECK(all.logged("asked to prove it") >= 1);
    CHECK(all.logged("forgotten") == 0);
    const int home = all.info().home_dc;
    CHECK(all.session().dcs.at(home).auth_key == before.dcs.at(home).auth_key);
    CHECK(all.session().user_id == before.user_id);
}

TEST_CASE("errors 6: a flood wait for bindings is waited out") {
    local_dc_options options;
    options.faults = {"flood-wait=30@bindTempAuthKey:1x4"};
    local_cluster all(options);
    const time_point began = all.world().time().now();
    all.log_in();
    CHECK(all.world().time().now() - began >= 4 * 30s);
}

TEST_CASE("errors 6: a flood wait for bindings that is longer than the bound is an error, and holds") {
    local_dc_options options;
    options.faults = {"flood-wait=7200@bindTempAuthKey:1"};
    local_cluster all(options);
    const time_point began = all.world().time().now();
    for (int i = 0; i < 3; ++i) {
        const outcome<void> connected = connect(all);
        REQUIRE_FALSE(connected.has_value());
        CHECK(connected.error().rpc_code == 420);
        CHECK(connected.error().method == "auth.bindTempAuthKey");
        CHECK(connected.error().value > 7190);
    }
    CHECK(all.world().time().now() - began < 30s);
    CHECK(all.wire().connections() == 1);
    all.run([](io::timers& time) -> io::awaitable<void> { co_await time.sleep_for(2h); }(all.world().time()));
    all.log_in();
}

TEST_CASE("pfs 3.2: EXPIRES_AT_INVALID is mended by a fresh temporary key") {
    local_dc_options options;
    options.faults = {"rpc-error=400 EXPIRES_AT_INVALID@bindTempAuthKey:1"};
    local_cluster all(options);
    all.log_in();
    CHECK(all.wire().connections() == 1);
}

TEST_CASE("errors 6: AUTH_KEY_DUPLICATED to a binding costs the permanent key") {
    local_dc_options options;
    options.faults = {"rpc-error=406 AUTH_KEY_DUPLICATED@bindTempAuthKey:2x2"};
    local_cluster all(options);
    all.log_in();
    const stored_session before = all.session();
    all.restart();
    all.log_in();
    const int home = all.info().home_dc;
    CHECK(all.session().dcs.at(home).auth_key != before.dcs.at(home).auth_key);
}

TEST_CASE("pfs 3: whatever comes together while keys are renewed, the file is whole") {
    local_dc_options options;
    options.rtt = 100ms;
    options.rate = 20'000;
    options.faults = {"close@getFile:5x2",
                      "rpc-error=401 AUTH_KEY_PERM_EMPTY@getFile:9x3",
                      "transport-error=404@getFile:15",
                      "close@bindTempAuthKey:5",
                      "rpc-error=400 ENCRYPTED_MESSAGE_INVALID@bindTempAuthKey:7x2",
                      "silence@req_DH_params:9"};
    local_cluster all(options, with_lifetime(30s), some_file(4'500'000));
    all.log_in();
    const stored_session before = all.session();
    std::string got;
    all.run(fetch_file(all, got, pace::one_by_one));
    CHECK((got == all.file()));
    const int home = all.info().home_dc;
    CHECK(all.session().dcs.at(home).auth_key == before.dcs.at(home).auth_key);
    CHECK(all.session().user_id == before.user_id);
}
