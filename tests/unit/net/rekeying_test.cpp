// From one key of a link's sessions to the next: the clock driven by hand.
#include "net/rekeying.hpp"

#include "unit/net/scripted_server.hpp"

#include <doctest/doctest.h>

using namespace mtproto;
using namespace std::chrono_literals;
using net::rekeying;
using step = rekeying::step;

namespace {

const rekeying::key_ptr old_key = test::key_of_test(1);
const rekeying::key_ptr new_key = test::key_of_test(2);
const time_point rekeying_start{1h};

rekeying begun() {
    rekeying made;
    made.begin(old_key);
    return made;
}

}  // namespace

TEST_CASE("before its first session a link has no key that could be another one") {
    rekeying keys;
    CHECK_FALSE(keys.key());
    CHECK_FALSE(keys.is_replaced(new_key));
    CHECK(keys.next_step(new_key, true, rekeying_start, rekeying_start) == step::none);
}

TEST_CASE("pfs 3.1: an idle session is left at once, and one with calls when they are answered") {
    rekeying keys = begun();
    CHECK(keys.next_step(old_key, true, rekeying_start, rekeying_start) == step::none);
    CHECK(keys.next_step(new_key, false, rekeying_start, rekeying_start) == step::await_answers);
    CHECK(keys.next_step(new_key, true, rekeying_start, rekeying_start + 1s) == step::switch_session);
    keys.begin(new_key);
    CHECK(keys.key() == new_key);
    CHECK(keys.next_step(new_key, false, rekeying_start, rekeying_start + 1s) == step::none);
}

TEST_CASE("pfs 3.1: calls of an old session have a minute, which begins again with each answer") {
    rekeying keys = begun();
    constexpr duration patience = rekeying::patience_with_old_session;
    const time_point answered_before = rekeying_start - 1h;
    CHECK(keys.next_step(new_key, false, answered_before, rekeying_start) == step::await_answers);
    CHECK(keys.leave_by(answered_before) == rekeying_start + patience);
    CHECK(keys.next_step(new_key, false, answered_before, rekeying_start + patience - 1ns) ==
          step::await_answers);
    const time_point answered = rekeying_start + 20s;
    CHECK(keys.leave_by(answered) == answered + patience);
    CHECK(keys.next_step(new_key, false, answered, rekeying_start + patience) == step::await_answers);
    CHECK(keys.next_step(new_key, false, answered, answered + patience) == step::switch_session);
}

TEST_CASE("the minute of the next change is its own") {
    rekeying keys = begun();
    CHECK(keys.next_step(new_key, false, rekeying_start, rekeying_start) == step::await_answers);
    keys.begin(new_key);
    const time_point later = rekeying_start + 24h;
    CHECK(keys.next_step(old_key, false, rekeying_start, later) == step::await_answers);
    CHECK(keys.leave_by(rekeying_start) == later + rekeying::patience_with_old_session);
}

TEST_CASE("where no key is left the link ends, once its calls had their time") {
    rekeying keys = begun();
    CHECK(keys.next_step(nullptr, false, rekeying_start, rekeying_start) == step::await_answers);
    CHECK(keys.next_step(nullptr, true, rekeying_start, rekeying_start) == step::end_link);
}

TEST_CASE("packets may come under all keys that were used on the link before") {
    rekeying keys;
    keys.add_previous({7, 8});
    keys.begin(old_key);
    CHECK(keys.is_previous(7));
    CHECK(keys.is_previous(8));
    CHECK_FALSE(keys.is_previous(old_key->id()));
    keys.begin(new_key);
    CHECK(keys.is_previous(old_key->id()));
    CHECK(keys.is_previous(7));
    CHECK_FALSE(keys.is_previous(new_key->id()));
}

TEST_CASE("a link's key is given up with the permanent one behind it") {
    const rekeying::key_ptr permanent = test::key_of_test(3);
    rekeying keys(permanent);
    CHECK_FALSE(keys.is_given_up(nullptr, permanent));
    CHECK(keys.is_given_up(nullptr, nullptr));
    keys.begin(old_key);
    CHECK_FALSE(keys.is_given_up(old_key, permanent));
    CHECK(keys.is_given_up(new_key, permanent));
    CHECK(keys.is_given_up(old_key, test::key_of_test(4)));
}
