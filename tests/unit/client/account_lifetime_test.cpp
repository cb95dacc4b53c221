// An account's states, and pauses that end with it.
#include "client/account_lifetime.hpp"

#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <optional>

using namespace mtproto;
using namespace std::chrono_literals;

namespace {

struct sleeper {
    void sleep(duration time) {
        boost::asio::co_spawn(
            world.executor(),
            [](sleeper& self, time_point when) -> io::awaitable<void> {
                self.ended = co_await self.lifetime.sleep_until(when);
            }(*this, world.time().now() + time),
            boost::asio::detached);
    }
    void pass(duration time) {
        world.run([](io::timers& clock, duration much) -> io::awaitable<void> {
            co_await clock.sleep_for(much);
        }(world.time(), time));
    }

    crypto::seeded_random random{1};
    io::simulation world{random};
    core::account_lifetime lifetime{world.executor(), world.time()};
    std::optional<outcome<void>> ended;
};

}  // namespace

TEST_CASE("an account is of use between its connecting and its closing") {
    sleeper one;
    CHECK(one.lifetime.check().error().code == errc::not_connected);
    one.lifetime.set_connected();
    CHECK(one.lifetime.check().has_value());
    one.lifetime.close();
    CHECK(one.lifetime.check().error().code == errc::connection_closed);
}

TEST_CASE("a pause ends in time, and with the account") {
    sleeper one;
    one.sleep(10s);
    one.pass(9s);
    CHECK_FALSE(one.ended.has_value());
    one.pass(2s);
    REQUIRE(one.ended.has_value());
    CHECK(one.ended->has_value());
    one.ended.reset();
    one.sleep(1h);
    one.pass(1s);
    one.lifetime.close();
    one.world.settle();
    REQUIRE(one.ended.has_value());
    CHECK(one.ended->error().code == errc::connection_closed);
}
