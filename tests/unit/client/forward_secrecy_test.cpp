// Perfect forward secrecy with the local data centre, which checks every binding (protocol 3).
#include "crypto/auth_key.hpp"
#include "net/connection.hpp"
#include "net/route.hpp"
#include "unit/client/local_cluster.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <algorithm>
#include <optional>
#include <string>

using namespace mtproto;
using namespace mtproto::test;
using namespace std::chrono_literals;
namespace io = mtproto::io;

namespace {

constexpr std::string_view made_one = "a temporary key was made";

std::int64_t id_of(const stored_dc& kept) {
    return crypto::auth_key::from(kept.auth_key).value().id();
}

io::endpoint home_of(local_cluster& all) {
    const int home = all.info().home_dc;
    for (const auto& dc : all.info().dcs)
        if (dc.id == home) return {dc.host, dc.port};
    return {};
}

io::awaitable<void> connect_into(core::runtime& client, std::optional<outcome<void>>& into) {
    into = co_await client.connect();
}

outcome<void> connect(local_cluster& all) {
    std::optional<outcome<void>> connected;
    all.run(connect_into(all.client(), connected));
    return std::move(*connected);
}

/// Connects, is still logged in, and downloads.
io::awaitable<void> go_on(local_cluster& all, std::string& into) {
    const outcome<void> connected = co_await all.client().connect();
    succeeded(connected);
    const outcome<bool> in = co_await all.client().authorized();
    succeeded(in);
    CHECK(*in);
    co_await download(all, into);
}

/// Under a permanent key nothing has left.
bool only_temporary(local_cluster& all) {
    const stored_session kept = all.session();
    return std::none_of(
        all.wire().sent().begin(), all.wire().sent().end(), [&](const wire_tap::packet& each) {
            return std::any_of(kept.dcs.begin(), kept.dcs.end(),
                               [&](const auto& dc) { return id_of(dc.second) == each.key_id; });
        });
}

io::awaitable<void> pass(local_cluster& all, duration time) {
    co_await all.world().time().sleep_for(time);
}

io::awaitable<void> ask(local_cluster& all) {
    const tl::help::getNearestDc request{};
    const auto answer = co_await core::call(all.client(), request);
    succeeded(answer);
}

client_settings with_lifetime(std::chrono::seconds lifetime) {
    client_settings settings;
    settings.limits.temporary_key_lifetime = lifetime;
    return settings;
}

}  // namespace

TEST_CASE("pfs 3.1: requests travel under temporary keys; the session file keeps the permanent ones") {
    local_cluster all;
    all.log_in();
    std::string got;
    all.run(download(all, got));
    CHECK((got == all.file()));
    CHECK(only_temporary(all));
    CHECK(all.wire().keys(home_of(all)).size() == 1);
    CHECK(all.logged("does not know what the temporary key is bound to") == 0);
    for (const auto& [dc, kept] : all.session().dcs)
        CHECK(kept.auth_key.size() == crypto::auth_key::size);
}

TEST_CASE("pfs 3.4: without a session both keys are made, and bound, on the first line") {
    local_cluster all;
    const outcome<void> connected = connect(all);
    CHECK(connected.has_value());
    CHECK(all.wire().connections() == 1);
    CHECK(all.logged(made_one) == 1);
}

TEST_CASE("pfs 3.1: connections that come up together share one temporary key for each kind of address") {
    local_cluster all;
    all.log_in();
    std::string got;
    all.run(download(all, got));
    // Home, and of the file's data centre: everything, and media only.
    CHECK(all.logged(made_one) == 3);
    for (const auto& dc : all.info().dcs) {
        CHECK(all.wire().keys({dc.host, dc.port}).size() <= 1);
        CHECK(all.wire().keys({dc.host, dc.media_port}).size() <= 1);
    }
    CHECK(all.wire().connections() >= 6);
}

TEST_CASE("pfs 3.4: a stored session goes on with one key exchange for each kind of address that it uses") {
    local_cluster all;
    all.log_in();
    std::string got;
    all.run(download(all, got));
    const stored_session before = all.session();
    const int made = all.logged(made_one);
    all.restart();
    const std::size_t sent = all.wire().sent().size();
    all.run(go_on(all, got));
    CHECK((got == all.file()));
    CHECK(all.logged(made_one) == made + 2);  // home, and the media-only addresses of the file's
    const auto exchanges =
        std::count_if(all.wire().sent().begin() + static_cast<std::ptrdiff_t>(sent), all.wire().sent().end(),
                      [](const wire_tap::packet& each) { return each.key_id == 0; });
    CHECK(exchanges == 2 * 3);
    for (const auto& [dc, kept] : before.dcs)
        CHECK(kept.auth_key == all.session().dcs.at(dc).auth_key);
}

TEST_CASE("until the first byte forward secrecy costs four round trips for each kind of address") {
    constexpr duration round_trip = 100ms;
    local_dc_options options;
    options.rtt = round_trip;
    local_cluster all(options);
    all.log_in();
    std::string got;
    all.run(download(all, got));
    const auto first_byte = [&](bool forward_secrecy) {
        client_settings settings;
        settings.forward_secrecy = forward_secrecy;
        all.restart(settings);
        const time_point began = all.world().time().now();
        all.run([](local_cluster& here, std::string& into) -> io::awaitable<void> {
            const outcome<void> connected = co_await here.client().connect();
            succeeded(connected);
            const place from = co_await find_file(here.client(), here.info());
            const auto line = co_await here.client().line(from.dc, 0);
            succeeded(line);
            co_await get_part(**line, from, 0, into);
        }(all, got));
        return all.world().time().now() - began;
    };
    const duration without = first_byte(false);
    CHECK(first_byte(true) - without <= 2 * 4 * round_trip);
}

TEST_CASE("a session that was begun without forward secrecy goes on with it, and the other way round") {
    client_settings without;
    without.forward_secrecy = false;
    local_cluster all({}, without);
    all.log_in();
    CHECK(all.logged(made_one) == 0);
    CHECK_FALSE(only_temporary(all));
    const stored_session before = all.session();
    const int home = all.info().home_dc;
    std::string got;
    for (const bool forward_secrecy : {true, false}) {
        client_settings settings;
        settings.forward_secrecy = forward_secrecy;
        all.restart(settings);
        all.run(go_on(all, got));
        CHECK((got == all.file()));
        CHECK(all.session().dcs.at(home).auth_key == before.dcs.at(home).auth_key);
        CHECK((all.logged(made_one) > 0));
    }
}

TEST_CASE("pfs 3.1: keys are renewed while a download goes on, which notices nothing") {
    local_dc_options options;
    options.rtt = 100ms;
    options.rate = 10'000;
    // 4 MiB over four lines take some 110 s: two renewals and more.
    local_cluster all(options, with_lifetime(40s), some_file(4'500'000));
    all.log_in();
    const std::int64_t before = all.wire().bytes_received();
    std::string got;
    all.run(download(all, got, pace::one_by_one));
    CHECK((got == all.file()));
    CHECK(all.logged("connection lost") == 0);
    CHECK(only_temporary(all));
    // No part came twice: what is more than the file is keys, headers and acknowledgements.
    const auto size = static_cast<std::int64_t>(all.file().size());
    CHECK(all.wire().bytes_received() - before < size + size / 50);
    std::size_t most = 0;
    for (const auto& dc : all.info().dcs)
        most = std::max(most, all.wire().keys({dc.host, dc.media_port}).size());
    CHECK(most >= 3);
}

TEST_CASE("pfs 3.1: with a renewal that fails the old key serves until its end, and then a new one") {
    local_dc_options options;
    options.rtt = 100ms;
    options.rate = 10'000;
    // Home and the file's data centre make their five keys first; then nothing for some time.
    options.faults = {"close@req_pq_multi:6x6"};
    local_cluster all(options, with_lifetime(40s), some_file(4'500'000));
    all.log_in();
    std::string got;
    all.run(download(all, got, pace::one_by_one));
    CHECK((got == all.file()));
    CHECK(all.logged("no fresh temporary key") >= 1);
}

TEST_CASE("pfs 6: AUTH_KEY_PERM_EMPTY in mid download costs the temporary key, and no request fails") {
    for (const char* fault :
         {"rpc-error=401 AUTH_KEY_PERM_EMPTY@getFile:3", "rpc-error=401 AUTH_KEY_PERM_EMPTY@getFile:2x6"}) {
        CAPTURE(fault);
        local_dc_options options;
        options.faults = {fault};
        local_cluster all(options);
        all.log_in();
        const stored_session before = all.session();
        std::string got;
        all.run(download(all, got));
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
    all.run(download(all, got));
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

TEST_CASE("pfs 3.2: with a clock that is ten minutes off on either side keys are bound and renewed") {
    for (const duration error : {duration(-10min), duration(10min)}) {
        CAPTURE(error.count());
        local_dc_options options;
        options.rtt = 100ms;
        options.rate = 20'000;
        client_settings settings = with_lifetime(20s);
        settings.clock_error = error;
        local_cluster all(options, settings);
        all.log_in();
        std::string got;
        all.run(download(all, got, pace::one_by_one));
        CHECK((got == all.file()));
        CHECK(all.logged("connection lost") == 0);
        CHECK(all.logged("no fresh temporary key") == 0);
    }
}

TEST_CASE("pfs 3.1: a calendar that is set meanwhile changes nothing about when keys are renewed") {
    local_cluster all({}, with_lifetime(1h));
    all.log_in();
    std::string got;
    all.run(download(all, got));
    const int made = all.logged(made_one);
    for (const duration error : {2h, -2h}) {
        all.set_clock_error(error);
        all.run(pass(all, 1min));
        all.run(ask(all));
        CHECK(all.logged(made_one) == made);
    }
    all.run(pass(all, 1h));
    CHECK(all.logged(made_one) >= 2 * made);
}

TEST_CASE("pfs 3.1: lines on which nothing is asked keep their keys fresh, too") {
    local_cluster all({}, with_lifetime(60s));
    all.log_in();
    all.run(pass(all, 10min));
    all.run(ask(all));
    CHECK(all.logged("connection lost") == 0);
    CHECK(all.wire().keys(home_of(all)).size() > 10);
}

TEST_CASE("errors 6: a flood wait for bindings is waited out") {
    local_dc_options options;
    options.faults = {"flood-wait=30@bindTempAuthKey:1x4"};
    local_cluster all(options);
    const time_point began = all.world().time().now();
    all.log_in();
    CHECK(all.world().time().now() - began >= 4 * 30s);
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
    all.run(download(all, got, pace::one_by_one));
    CHECK((got == all.file()));
    const int home = all.info().home_dc;
    CHECK(all.session().dcs.at(home).auth_key == before.dcs.at(home).auth_key);
    CHECK(all.session().user_id == before.user_id);
}

TEST_CASE("a client may go away at any moment of making, binding and renewing keys") {
    local_dc_options options;
    options.rtt = 100ms;
    const auto go_away_after = [&](duration moment) {
        CAPTURE(moment.count());
        local_cluster all(options, with_lifetime(4s), some_file(1000));
        std::optional<outcome<void>> connected;
        boost::asio::co_spawn(all.world().executor(), connect_into(all.client(), connected),
                              boost::asio::detached);
        all.run(pass(all, moment));
        all.client().close();
        all.world().settle();
        REQUIRE(connected);
        // Two exchanges, the binding and the configuration: eight round trips.
        CHECK(connected->has_value() == (moment >= 800ms));
    };
    for (duration moment = 50ms; moment < 1s; moment += 100ms)
        go_away_after(moment);
    for (duration moment = 3s; moment < 5s; moment += 100ms)  // the key is renewed three seconds after it
        go_away_after(moment);
}

TEST_CASE("cdn 2.15: a temporary key with no permanent one behind it is bound to nothing") {
    local_cluster all;
    io::environment where = all.world().make_environment();
    auto shared = std::make_shared<net::services>(where, nullptr);
    shared->dial = std::make_unique<net::route_dialer>(*where.net, *where.time, *where.random, net::route());
    shared->who.api_id = 1;
    shared->rsa_keys.push_back(crypto::rsa_public_key::from_pem(all.info().rsa_public_key).value());
    const auto slot = std::make_shared<net::key_slot>(where.executor, 24h, nullptr);
    net::connection_options settings;
    settings.dc = all.info().home_dc;
    settings.where = {home_of(all)};
    const auto line = net::connection::make(shared, slot, std::move(settings));
    all.run([](net::connection& over) -> io::awaitable<void> {
        const tl::help::getNearestDc allowed{};
        const std::string allowed_name = "help.getNearestDc";
        bytes encoded = tl::encode(allowed);
        const outcome<bytes> nearest = co_await over.call(std::move(encoded), allowed_name, true);
        succeeded(nearest);
        tl::users::getUsers refused{};
        const std::string refused_name = "users.getUsers";
        encoded = tl::encode(refused);
        const outcome<bytes> users = co_await over.call(std::move(encoded), refused_name, true);
        REQUIRE_FALSE(users.has_value());
        CHECK(users.error().is("AUTH_KEY_PERM_EMPTY"));
    }(*line));
    line->close();
    all.world().settle();
    CHECK(slot->lifetime() == 24h);
}
