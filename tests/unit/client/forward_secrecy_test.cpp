// Perfect forward secrecy with the local data centre, which checks every binding (protocol 3).
#include "net/connection.hpp"
#include "net/route.hpp"
#include "unit/client/temporary_keys.hpp"

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

TEST_CASE("pfs 3.1: requests travel under temporary keys; the session file keeps the permanent ones") {
    local_cluster all;
    all.log_in();
    std::string got;
    all.run(fetch_file(all, got));
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
    all.run(fetch_file(all, got));
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
    all.run(fetch_file(all, got));
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
    all.run(fetch_file(all, got));
    const auto first_byte = [&](bool forward_secrecy) {
        client_settings settings;
        settings.forward_secrecy = forward_secrecy;
        all.restart(settings);
        const time_point began = all.world().time().now();
        all.run([](local_cluster& here, std::string& into) -> io::awaitable<void> {
            const outcome<void> connected = co_await here.client().connect();
            succeeded(connected);
            const place from = co_await find_file(here.client(), here.info());
            const auto line = co_await here.client().connection_for_files(from.dc, 0);
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
    all.run(fetch_file(all, got, pace::one_by_one));
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
        all.run(fetch_file(all, got, pace::one_by_one));
        CHECK((got == all.file()));
        CHECK(all.logged("connection lost") == 0);
        CHECK(all.logged("no fresh temporary key") == 0);
    }
}

TEST_CASE("pfs 3.1: a calendar that is set meanwhile changes nothing about when keys are renewed") {
    local_cluster all({}, with_lifetime(1h));
    all.log_in();
    std::string got;
    all.run(fetch_file(all, got));
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
    shared->dialer =
        std::make_unique<net::route_dialer>(*where.net, *where.time, *where.random, net::route());
    shared->client.api_id = 1;
    shared->rsa_keys.push_back(crypto::rsa_public_key::from_pem(all.info().rsa_public_key).value());
    const auto slot = std::make_shared<net::key_slot>(where.executor, 24h, nullptr);
    net::connection_options settings;
    settings.dc = all.info().home_dc;
    settings.addresses = {home_of(all)};
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
