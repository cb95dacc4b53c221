// When a connection is made again, and when its calls are given up: the clock driven by hand.
#include "net/reconnect_policy.hpp"

#include "crypto/seeded_random.hpp"
#include "net/rpc_failure.hpp"
#include "wire/transport_errors.hpp"

#include <doctest/doctest.h>

#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;
using net::reconnect_policy;

namespace {

failure transport_error(int code) {
    failure made(errc::transport_error);
    made.rpc_code = code;
    return made;
}

/// A policy, and the circumstances of its next setback.
struct policy_setting {
    explicit policy_setting(reconnect_policy::options choice = {}) : policy(choice) { of.addresses = 1; }

    reconnect_policy::verdict fail(const failure& why = errc::connection_failed) {
        policy.attempt(now);
        return policy.setback(why, of, now, random);
    }
    /// An attempt that led to an answer, whose link ends now.
    reconnect_policy::verdict work_and_fail(const failure& why = errc::connection_closed) {
        policy.attempt(now);
        policy.verified();
        policy.answered(now);
        return policy.setback(why, of, now, random);
    }
    duration pause() const { return std::max(policy.pause_end() - now, duration{}); }

    crypto::seeded_random random{1};
    time_point now{1h};
    reconnect_policy policy;
    reconnect_policy::circumstances of;
};

}  // namespace

TEST_CASE("before the first attempt nothing is waited for") {
    const policy_setting here;
    CHECK(here.policy.next_attempt(here.now) == here.now);
    CHECK_FALSE(here.policy.answered_since(time_point{}));
    CHECK(here.policy.given_up() == 0);
}

TEST_CASE("protocol 6: pauses grow while no server answers, and are gone once one did") {
    policy_setting here;
    for (const duration full : {1s, 2s, 4s, 8s, 16s}) {
        here.fail();
        CHECK(here.pause() >= full / 2);
        CHECK(here.pause() <= full);
        here.now += 1min;
    }
    here.work_and_fail();
    CHECK(here.pause() == 0s);
    here.now += 1min;
    here.fail();
    CHECK(here.pause() <= 1s);
}

TEST_CASE("each address is tried before there is a pause, and the one that worked is tried again") {
    policy_setting here;
    here.of.addresses = 3;
    for (const std::size_t address : {0u, 1u}) {
        CHECK(here.policy.address(3) == address);
        here.fail();
        CHECK(here.pause() == 0s);
        here.now += 10s;
    }
    CHECK(here.policy.address(3) == 2);
    here.fail();
    CHECK(here.pause() > 0s);
    CHECK(here.policy.address(3) == 0);
    here.fail();
    here.work_and_fail();
    CHECK(here.policy.address(3) == 1);
    here.policy.addresses_changed();
    CHECK(here.policy.address(3) == 0);
}

TEST_CASE("connect 8.8: the pacing holds where there is no pause") {
    policy_setting here;
    here.of.addresses = 9;
    here.fail();
    CHECK(here.policy.pause_end() < here.now);
    CHECK(here.policy.next_attempt(here.now) == here.now + 1s);
    here.policy.hurry();
    CHECK(here.policy.next_attempt(here.now) == here.now + 1s);
}

TEST_CASE("transport error 1.6: after -429 the data centre is left alone for 4 s at least, answered or not") {
    policy_setting here;
    here.work_and_fail(transport_error(wire::too_many_connections));
    CHECK(here.pause() == reconnect_policy::flood_pause);
    here.now += 1min;
    here.fail(transport_error(wire::too_many_connections));
    CHECK(here.pause() == reconnect_policy::flood_pause);
}

TEST_CASE("errors 6: a flood wait is waited out in full, and is no failure of the calls") {
    policy_setting here;
    const failure flood = net::failure_of({420, "FLOOD_WAIT", 3600});
    const reconnect_policy::verdict verdict = here.fail(flood);
    CHECK(verdict.is_flood);
    CHECK(verdict.limit == 0);
    CHECK_FALSE(verdict.gives_up_all);
    CHECK(here.policy.pause_end() == here.now + 1h);
    CHECK(here.policy.next_attempt(here.now) == here.now + 1h);
}

TEST_CASE("calls are given up after 3 setbacks before a server was there, after 6 from then on") {
    policy_setting here;
    CHECK(here.fail().limit == reconnect_policy::setbacks_before_first_link);
    here.policy.verified();
    CHECK(here.fail().limit == reconnect_policy::setbacks_after);
    here.of.addresses = 10;
    CHECK(here.fail().limit == 10);
}

TEST_CASE("who can do without a server gives up at the first failure, unless it ever was there") {
    reconnect_policy::options choice;
    choice.give_up_at_first_failure = true;
    policy_setting here(choice);
    CHECK(here.fail().limit == 1);
    CHECK(here.work_and_fail().limit == reconnect_policy::setbacks_after);
}

TEST_CASE("who can leave it to others gives up at -429, and at nothing else sooner") {
    reconnect_policy::options choice;
    choice.fail_on_429 = true;
    policy_setting here(choice);
    CHECK(here.fail(transport_error(wire::too_many_connections)).limit == 1);
    CHECK(here.fail().limit == reconnect_policy::setbacks_before_first_link);
}

TEST_CASE("a server whose key nobody knows is tried twice") {
    policy_setting here;
    here.of.addresses = 5;
    CHECK(here.fail(errc::unknown_rsa_key).limit == 2);
}

TEST_CASE("a key that was given up is no failure, and the next attempt comes at once") {
    policy_setting here;
    here.of.key_is_gone = true;
    here.of.counts = false;
    const reconnect_policy::verdict verdict = here.fail(transport_error(wire::no_such_key));
    CHECK(verdict.limit == 0);
    CHECK(here.pause() == 0s);
    CHECK(here.policy.address(7) == 0);
}

TEST_CASE("the connection gives up when it has failed too often since an answer, if it was wanted") {
    policy_setting here;
    here.of.wanted = false;
    for (int failed = 0; failed < 10; ++failed)
        CHECK_FALSE(here.fail().gives_up_all);
    here.of.wanted = true;
    CHECK_FALSE(here.fail().gives_up_all);
    CHECK_FALSE(here.fail().gives_up_all);
    CHECK(here.fail(errc::timed_out).gives_up_all);
    CHECK(here.policy.given_up() == 1);
    CHECK(here.policy.last_setback().code == errc::timed_out);
    CHECK_FALSE(here.fail().gives_up_all);
    CHECK_FALSE(here.work_and_fail().gives_up_all);
    for (int failed = 2; failed < reconnect_policy::setbacks_after; ++failed)
        CHECK_FALSE(here.fail().gives_up_all);
    CHECK(here.fail().gives_up_all);
}

TEST_CASE("who asks after calls were given up waits for no pause but that of -429") {
    policy_setting here;
    here.fail();
    CHECK(here.pause() > 0s);
    here.policy.gave_up(errc::connection_failed);
    CHECK(here.pause() == 0s);
    const failure too_many = transport_error(wire::too_many_connections);
    here.fail(too_many);
    here.policy.gave_up(too_many);
    CHECK(here.pause() == reconnect_policy::flood_pause);
    here.policy.hurry();
    CHECK(here.pause() == 0s);
}

TEST_CASE("whether anything was answered of late, and on the last link") {
    policy_setting here;
    here.work_and_fail();
    CHECK(here.policy.link_has_answered());
    CHECK(here.policy.answered_since(here.now));
    CHECK_FALSE(here.policy.answered_since(here.now + 1ns));
    here.policy.attempt(here.now);
    CHECK_FALSE(here.policy.link_has_answered());
    CHECK(here.policy.last_answer() == here.now);
}
