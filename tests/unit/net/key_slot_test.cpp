// A slot of temporary keys: when one is renewed, and when it is none any more.
#include "net/key_slot.hpp"

#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "unit/net/scripted_server.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <set>

using namespace mtproto;
using namespace std::chrono_literals;
using net::key_slot;

namespace {

struct two_slots {
    two_slots() : world(random) {
        permanent = std::make_shared<key_slot>(world.executor());
        permanent->set(test::key_of_test(1), session::salt_book(1), 0s);
        temporary = std::make_shared<key_slot>(world.executor(), 24h, permanent);
    }
    void make(std::uint64_t seed) {
        temporary->set(test::key_of_test(seed), session::salt_book(2), 0s, net::life_of(24h, now, random));
    }

    crypto::seeded_random random{1};
    mtproto::io::simulation world;
    time_point now{1h};
    std::shared_ptr<key_slot> permanent;
    std::shared_ptr<key_slot> temporary;
};

}  // namespace

TEST_CASE("pfs 3.1: a key of a day is renewed an hour before its end, or up to a quarter of an hour sooner") {
    crypto::seeded_random random(1);
    const time_point asked{10h};
    std::set<time_point> moments;
    for (int each = 0; each < 50; ++each) {
        const net::key_life life = net::life_of(24h, asked, random);
        CHECK(life.end == asked + 24h);
        CHECK(life.renew_at <= life.end - 1h);
        CHECK(life.renew_at >= life.end - 75min);
        moments.insert(life.renew_at);
    }
    CHECK(moments.size() > 40);
}

TEST_CASE("pfs 3.1: one of a short life is renewed in its last third") {
    crypto::seeded_random random(1);
    for (const std::chrono::seconds lifetime : {1s, 20s, 300s}) {
        const net::key_life life = net::life_of(lifetime, time_point{}, random);
        CHECK(life.renew_at <= life.end - lifetime / 4);
        CHECK(life.renew_at >= life.end - duration(lifetime) / 3);
    }
}

TEST_CASE("a temporary key ends with its time") {
    two_slots here;
    here.make(2);
    here.temporary->expire(here.now + 24h - 1ns);
    CHECK(here.temporary->key());
    here.temporary->expire(here.now + 24h);
    CHECK_FALSE(here.temporary->key());
    CHECK_FALSE(here.temporary->life());
    CHECK(here.permanent->key());
}

TEST_CASE("a temporary key is none any more once the permanent one behind it is gone or another") {
    two_slots here;
    here.make(2);
    REQUIRE(here.temporary->key());
    SUBCASE("gone") {
        here.permanent->drop();
    }
    SUBCASE("another") {
        here.permanent->set(test::key_of_test(3), session::salt_book(1), 0s);
    }
    CHECK_FALSE(here.temporary->key());
    here.permanent->set(test::key_of_test(3), session::salt_book(1), 0s);
    CHECK_FALSE(here.temporary->key());
    here.make(4);
    CHECK(here.temporary->key()->id() == test::key_of_test(4)->id());
}

TEST_CASE("transport error 1.6: one -404 costs a temporary key, and says nothing of the permanent one") {
    two_slots here;
    here.make(2);
    CHECK_FALSE(here.temporary->refused(test::key_of_test(9), here.now));
    CHECK(here.temporary->refused(here.temporary->key(), here.now));
    CHECK_FALSE(here.temporary->key());
    CHECK(here.permanent->key());
}

TEST_CASE("transport error 1.6: any number of -404 cost no permanent key; two proofs more do") {
    two_slots here;
    std::vector<bool> drops;
    here.permanent->on_drop = [&](bool proved) { drops.push_back(proved); };
    const auto key = here.permanent->key();
    time_point now = here.now;
    for (int count = 0; count < 100; ++count)
        CHECK_FALSE(here.permanent->refused(key, now += 1h));
    CHECK(here.permanent->doubted());
    CHECK_FALSE(here.permanent->disowned(key, now += 1s));
    CHECK_FALSE(here.permanent->disowned(key, now));  // of another line, at the same moment
    CHECK_FALSE(here.permanent->disowned(test::key_of_test(9), now += 1s));
    CHECK(here.permanent->key() == key);
    CHECK(here.permanent->disowned(key, now += 1s));
    CHECK_FALSE(here.permanent->key());
    CHECK(drops == std::vector<bool>{false});
}

TEST_CASE("transport error 1.6: a permanent key that was bound again is trusted as before") {
    two_slots here;
    const auto key = here.permanent->key();
    for (time_point now = here.now; now < here.now + 10min; now += 1min) {
        CHECK_FALSE(here.permanent->refused(key, now));
        CHECK_FALSE(here.permanent->disowned(key, now + 1s));
        here.permanent->accepted();
        CHECK_FALSE(here.permanent->doubted());
    }
    CHECK(here.permanent->key() == key);
}

TEST_CASE("the server's time is known once for a permanent key and all that are bound to it") {
    two_slots here;
    here.temporary->set_time_offset(5s);
    CHECK(here.permanent->time_offset() == 5s);
    const key_slot other(here.world.executor(), 24h, here.permanent);
    CHECK(other.time_offset() == 5s);
}
