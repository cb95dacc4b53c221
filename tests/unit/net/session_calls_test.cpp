// The session of a connection and its calls, with the link left out and the session's events made by hand.
#include "net/session_calls.hpp"

#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "unit/net/scripted_server.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

using namespace mtproto;
using namespace std::chrono_literals;
namespace io = mtproto::io;
using call_ptr = net::session_calls::call_ptr;

namespace {

const bytes body = bytes::copy(std::vector<std::byte>(4, std::byte{7}));

call_ptr new_call(bool idempotent = true, std::string method = "help.getConfig") {
    auto made = std::make_shared<net::pending_call>();
    made->request = body;
    made->method = std::move(method);
    made->idempotent = idempotent;
    return made;
}

struct calls_setting {
    calls_setting() : world(random), shared(world.make_environment(), nullptr), slot(world.executor()) {
        options.dc = 2;
        put_key(1);
    }
    void put_key(std::uint64_t seed) { slot.set(test::key_of_test(seed), session::salt_book(1), duration{}); }
    void link_up() {
        calls.begin_session();
        calls.connect({});
    }
    call_ptr submitted(const call_ptr& call) {
        CHECK(calls.submit(call));
        return call;
    }
    bool told(session::event event) { return calls.handle(event); }

    crypto::seeded_random random{1};
    io::simulation world;
    net::services shared;
    net::key_slot slot;
    net::connection_options options;
    net::reconnect_policy policy{{}};
    net::session_calls calls{shared, slot, options, policy};
};

}  // namespace

TEST_CASE("calls wait for a link, and go into its session in order") {
    calls_setting here;
    const auto first = new_call();
    const auto second = new_call();
    CHECK_FALSE(here.calls.submit(first));
    CHECK_FALSE(here.calls.submit(second));
    CHECK_FALSE(here.calls.session());
    CHECK(here.calls.table().idle());
    here.link_up();
    CHECK(here.calls.is_connected());
    CHECK(first->id < second->id);
    CHECK(here.told(session::answer{second->id, body}));
    CHECK(second->answer.value() == body);
    CHECK_FALSE(first->done);
    CHECK(here.policy.link_has_answered());
}

TEST_CASE("a session outlives its link, and what comes meanwhile waits for the next") {
    calls_setting here;
    here.link_up();
    const auto sent = here.submitted(new_call(false));
    const session::session* const before = here.calls.session();
    const std::uint64_t epoch = here.calls.epoch();
    here.calls.disconnect();
    const auto late = here.submitted(new_call());
    CHECK_FALSE(late->sent);
    here.link_up();
    CHECK(here.calls.session() == before);
    CHECK(here.calls.epoch() != epoch);
    CHECK(late->sent);
    CHECK_FALSE(sent->done);
    CHECK(here.calls.table().size() == 2);
}

TEST_CASE("under another key a session begins anew: what may be done twice is sent again, the rest ends") {
    calls_setting here;
    here.link_up();
    const auto twice = here.submitted(new_call(true));
    const auto once = here.submitted(new_call(false));
    here.put_key(2);
    const auto late = new_call();
    CHECK_FALSE(here.calls.submit(late));
    here.calls.disconnect();
    here.link_up();
    CHECK(here.calls.session()->key() == here.slot.key());
    CHECK(once->answer.error().code == errc::connection_closed);
    CHECK_FALSE(twice->done);
    CHECK(twice->sent);
    CHECK(late->sent);
}

TEST_CASE("errors 6: a flood wait holds for the next call of its kind, which is not sent") {
    calls_setting here;
    here.link_up();
    const auto refused = here.submitted(new_call());
    CHECK(here.told(session::rpc_failure{refused->id, 420, "FLOOD_WAIT_30"}));
    CHECK(refused->answer.error().is("FLOOD_WAIT"));
    const auto held = here.submitted(new_call());
    CHECK(held->answer.error().value == 30);
    CHECK_FALSE(held->sent);
    CHECK_FALSE(here.submitted(new_call(true, "help.getNearestDc"))->done);
}

TEST_CASE("errors 6: a flood wait that comes for a cancelled call holds, too") {
    calls_setting here;
    here.link_up();
    const auto cancelled = here.submitted(new_call());
    here.calls.withdraw(cancelled);
    CHECK(here.told(session::stray_failure{420, "FLOOD_WAIT_30"}));
    CHECK(here.submitted(new_call())->answer.error().is("FLOOD_WAIT"));
}

TEST_CASE("errors 6: AUTH_KEY_DUPLICATED drops the key that the session has, and no newer one") {
    calls_setting here;
    here.link_up();
    const auto late = here.submitted(new_call());
    SUBCASE("its own") {
        CHECK(here.told(session::rpc_failure{late->id, 406, "AUTH_KEY_DUPLICATED"}));
        CHECK_FALSE(here.slot.key());
    }
    SUBCASE("a newer one") {
        here.put_key(2);
        CHECK(here.told(session::rpc_failure{late->id, 406, "AUTH_KEY_DUPLICATED"}));
        CHECK(here.slot.key());
    }
    CHECK(late->answer.error().is("AUTH_KEY_DUPLICATED"));
}

TEST_CASE("setbacks end calls that wait and calls that were sent; failing all leaves none") {
    calls_setting here;
    here.link_up();
    const auto sent = here.submitted(new_call());
    here.calls.disconnect();
    const auto waiting = here.submitted(new_call());
    CHECK_FALSE(here.calls.add_setback(errc::connection_failed, 2, false));
    CHECK(here.calls.add_setback(errc::connection_failed, 2, false));
    CHECK(sent->answer.error().code == errc::connection_failed);
    CHECK(waiting->answer.error().code == errc::connection_failed);
    CHECK(here.calls.table().size() == 0);
    const auto last = here.submitted(new_call());
    here.calls.fail_all(errc::connection_closed);
    CHECK(last->answer.error().code == errc::connection_closed);
    CHECK_FALSE(here.calls.add_setback(errc::connection_failed, 1, true));
}
