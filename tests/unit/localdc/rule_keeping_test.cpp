// What a cluster keeps of its clients' conduct, class by class: standings, channels, waits, places, takeouts.
#include "localdc/account_standing.hpp"
#include "localdc/channels.hpp"
#include "localdc/cluster_secret.hpp"
#include "localdc/key_places.hpp"
#include "localdc/method_floods.hpp"
#include "localdc/takeouts.hpp"
#include "localdc/transfer_table.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace mtproto::localdc;
using namespace std::chrono_literals;

namespace {

time_point at(duration time) {
    return time_point(time);
}

}  // namespace

TEST_CASE("accounts: an end of all logins leaves those alone that begin after it") {
    local_account of;
    of.freeze_lasts = 100s;
    account_standing standing(of);
    const int first = standing.login_number();
    CHECK(standing.refusal_of(first).empty());
    standing.set(local_account_state::revoked, 1000);
    CHECK(standing.refusal_of(first) == "SESSION_REVOKED");
    const int second = standing.login_number();
    CHECK(standing.refusal_of(second).empty());
    standing.set(local_account_state::signed_out, 1000);
    CHECK(standing.refusal_of(second) == "AUTH_KEY_UNREGISTERED");
    CHECK(standing.refusal_of(standing.login_number()).empty());
    standing.set(local_account_state::frozen, 1000);
    CHECK(standing.is_frozen());
    CHECK(standing.notice().since == 1000);
    CHECK(standing.notice().until == 1100);
    CHECK(standing.refusal_of(standing.login_number()).empty());
    standing.set(local_account_state::banned, 1000);
    CHECK(standing.refusal_of(standing.login_number()) == "USER_DEACTIVATED_BAN");
    standing.set(local_account_state::deactivated, 1000);
    CHECK(standing.refusal_of(standing.login_number()) == "USER_DEACTIVATED");
    CHECK(standing.is_gone());
    standing.set(local_account_state::active, 1000);
    CHECK_FALSE(standing.is_gone());
}

TEST_CASE("channels: members see a private one, and messages that it has alone are in no other") {
    local_dc_options options;
    options.private_channels.resize(3);
    options.private_channels[0].members = {5001};
    options.private_channels[0].messages = {3};
    options.private_channels[1].id = channel_id + 1;
    options.private_channels[2].id = 42;
    CHECK_FALSE(channels::make(options, 4).has_value());  // the first has taken that number
    options.private_channels.erase(options.private_channels.begin() + 1);
    channels all = channels::make(options, 4).value();
    const channel& open = all.open();
    const channel& apart = *all.find(channel_id + 1);
    const channel& whole = *all.find(42);
    CHECK(all.find(43) == nullptr);
    CHECK(all.may_see(open, 5002));
    CHECK(all.may_see(apart, 5001));
    CHECK_FALSE(all.may_see(apart, 5002));
    CHECK_FALSE(all.may_see(whole, 5001));
    CHECK(all.set_member(42, 5001, true));
    CHECK(all.may_see(*all.find(42), 5001));
    CHECK(all.set_member(42, 5001, false));
    CHECK_FALSE(all.may_see(*all.find(42), 5001));
    CHECK_FALSE(all.set_member(open.id, 5001, true));
    for (const channel* each : {&open, &whole}) {
        CHECK(all.has(*each, 2));
        CHECK_FALSE(all.has(*each, 3));
    }
    CHECK(all.has(apart, 3));
    CHECK_FALSE(all.has(apart, 2));
    options.private_channels[0].messages = {5};
    CHECK_FALSE(channels::make(options, 4).has_value());
}

TEST_CASE("waits: each account, method and data centre has a wait of its own, which is told in full") {
    local_flood rule;
    rule.method = "messages.getHistory";
    rule.requests = 2;
    rule.window = 60s;
    rule.wait = 30s;
    method_floods floods({rule});
    const method_floods::subject one{5001, "messages.getHistory", 2};
    const method_floods::subject other{5002, "messages.getHistory", 2};
    const method_floods::subject elsewhere{5001, "messages.getHistory", 1};
    CHECK_FALSE(floods.ask({5001, "users.getUsers", 2}, at(0s)));
    CHECK_FALSE(floods.ask(one, at(0s)));
    CHECK_FALSE(floods.ask(one, at(59s)));
    CHECK_FALSE(floods.ask(one, at(60s)));  // another window
    CHECK_FALSE(floods.ask(one, at(61s)));
    const auto refused = floods.ask(one, at(62s));
    REQUIRE(refused);
    CHECK(refused->wait == 30s);
    CHECK(refused->begins);
    const auto repeated = floods.ask(one, at(91s) + 500ms);
    REQUIRE(repeated);
    CHECK(repeated->wait == 1s);
    CHECK_FALSE(repeated->begins);
    CHECK_FALSE(floods.ask(other, at(63s)));
    CHECK_FALSE(floods.ask(elsewhere, at(63s)));
    CHECK_FALSE(floods.ask(one, at(92s)));
    method_floods none({});
    CHECK_FALSE(none.any());
    none.hold(one, at(0s), 10s);
    CHECK(none.any());
    CHECK(none.ask(one, at(5s))->wait == 5s);
    CHECK_FALSE(none.ask(other, at(5s)));
    CHECK_FALSE(none.ask(one, at(10s)));
    CHECK_FALSE(none.any());
}

TEST_CASE("places: a key is at two places when two addresses, or two devices, use it at a time") {
    key_places anywhere(local_key_rule::any_place);
    anywhere.accepted(1, "127.0.0.1");
    anywhere.accepted(2, "127.0.0.2");
    CHECK_FALSE(anywhere.is_elsewhere(2, 7, 1));
    CHECK_FALSE(anywhere.is_elsewhere(2, 7, 2));

    key_places addresses(local_key_rule::one_address);
    addresses.accepted(1, "127.0.0.1");
    addresses.accepted(2, "127.0.0.2");
    addresses.accepted(3, "127.0.0.1");
    addresses.named(1, "a phone");
    addresses.named(3, "another phone");
    CHECK_FALSE(addresses.is_elsewhere(2, 7, 1));
    CHECK_FALSE(addresses.is_elsewhere(2, 7, 3));  // devices do not matter
    CHECK_FALSE(addresses.is_elsewhere(2, 8, 2));  // another key
    CHECK_FALSE(addresses.is_elsewhere(1, 7, 2));  // another data centre
    CHECK(addresses.is_elsewhere(2, 7, 2));
    addresses.forget(1);
    addresses.forget(3);
    CHECK_FALSE(addresses.is_elsewhere(2, 7, 2));

    key_places devices(local_key_rule::one_device);
    for (const std::int64_t connection : {1, 2, 3})
        devices.accepted(connection, "");
    devices.named(1, "a phone");
    devices.named(2, "another phone");
    CHECK_FALSE(devices.is_elsewhere(2, 7, 1));
    CHECK_FALSE(devices.is_elsewhere(2, 7, 3));  // it has not said
    CHECK(devices.is_elsewhere(2, 7, 2));
}

TEST_CASE("takeouts: the first waits for the delay, a later one takes the place of the one before") {
    takeouts all(100s);
    CHECK(all.asked(5001, at(0s)) == 100s);
    CHECK(all.asked(5001, at(40s)) == 60s);
    CHECK(all.asked(5002, at(90s)) == 100s);
    CHECK_FALSE(all.asked(5001, at(100s)));
    CHECK_FALSE(all.is_open(5001, 0));
    all.begin(5001, 11);
    CHECK(all.is_open(5001, 11));
    CHECK_FALSE(all.is_open(5002, 11));
    CHECK_FALSE(all.asked(5001, at(101s)));
    all.begin(5001, 12);
    CHECK_FALSE(all.is_open(5001, 11));
    all.finish(5001);
    CHECK_FALSE(all.is_open(5001, 12));
}

TEST_CASE("references: one account's is none of another's, and an old one is still known as its own") {
    cluster_secret secret(77);
    const bytes mine = secret.file_reference(5001, 9);
    const bytes other = secret.file_reference(5002, 9);
    CHECK_FALSE(mine == other);
    CHECK(secret.is_reference_of(5001, mine));
    CHECK_FALSE(secret.is_reference_of(5001, other));
    CHECK_FALSE(secret.is_reference_of(5001, mine.view().first(24)));
    secret.expire_references();
    CHECK_FALSE(mine == secret.file_reference(5001, 9));
    CHECK(secret.is_reference_of(5001, mine));
}

TEST_CASE("limits: an account's own rules hold in place of those of all") {
    traffic::server_rules all;
    all.account_rate = 1000;
    traffic::server_rules own;
    own.most_connections = 1;
    transfer_table table(all);
    CHECK(table.least_account_rate() == 1000);
    table.set_rules(5001, own);
    CHECK(table.least_account_rate() == 1000);
    own.account_rate = 10;
    table.set_rules(5001, own);
    CHECK(table.least_account_rate() == 10);
    CHECK_FALSE(table.may_flood());
    own.flood.requests = {1, 1};
    table.set_rules(5002, own);
    CHECK(table.may_flood());
    CHECK_FALSE(table.of(2, 5001, 0).limits.admits(2));
    CHECK(table.of(2, 5003, 0).limits.admits(2));
}
