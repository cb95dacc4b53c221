// One connection makes a slot's key, the others wait for it.
#include "net/obtain_key.hpp"

#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"
#include "unit/net/scripted_server.hpp"

#include <boost/asio/detached.hpp>
#include <doctest/doctest.h>

#include <optional>

using namespace mtproto;
using namespace std::chrono_literals;
namespace io = mtproto::io;

namespace {

struct key_setting {
    key_setting() : world(random), slot(world.executor()) {}

    /// Asks for a key whose making takes a second and ends in `made`.
    std::shared_ptr<std::optional<outcome<void>>> ask(bool media, outcome<void> made) {
        auto into = std::make_shared<std::optional<outcome<void>>>();
        io::asio::co_spawn(world.executor(), asking(*this, media, std::move(made), into), io::asio::detached);
        world.settle();
        return into;
    }
    static io::awaitable<void> asking(key_setting& in, bool media, outcome<void> made,
                                      std::shared_ptr<std::optional<outcome<void>>> into) {
        const auto make = [&]() -> io::awaitable<outcome<void>> {
            ++in.exchanges;
            co_await in.world.time().sleep_for(1s);
            if (made) in.slot.set(test::key_of_test(1), session::salt_book(1), duration{});
            co_return made;
        };
        *into = co_await net::obtain_key(in.slot, media, make);
    }
    void pass(duration time) {
        world.run([](io::timers& with, duration how_long) -> io::awaitable<void> {
            co_await with.sleep_for(how_long);
        }(world.time(), time));
    }

    crypto::seeded_random random{1};
    io::simulation world;
    net::key_slot slot;
    int exchanges = 0;
};

}  // namespace

TEST_CASE("a key is made once for all that wait for it") {
    key_setting here;
    const auto first = here.ask(false, outcome<void>{});
    const auto second = here.ask(true, outcome<void>{});
    CHECK_FALSE(*second);
    here.pass(2s);
    CHECK(here.exchanges == 1);
    REQUIRE(*first);
    REQUIRE(*second);
    CHECK(first->value().has_value());
    CHECK(second->value().has_value());
    const auto third = here.ask(false, outcome<void>{});
    CHECK(third->has_value());
    CHECK(here.exchanges == 1);
}

TEST_CASE("a server that says nothing fails those who wait at addresses of its kind, and others go on") {
    key_setting here;
    const auto first = here.ask(true, failure(errc::timed_out));
    const auto same = here.ask(true, outcome<void>{});
    const auto other = here.ask(false, outcome<void>{});
    here.pass(1500ms);
    REQUIRE(*first);
    CHECK(first->value().error().code == errc::timed_out);
    REQUIRE(*same);
    CHECK(same->value().error().code == errc::timed_out);
    CHECK(here.exchanges == 2);
    here.pass(1s);
    REQUIRE(*other);
    CHECK(other->value().has_value());
}

TEST_CASE("where an exchange fails in another way whoever waits tries it next") {
    key_setting here;
    const auto first = here.ask(false, failure(errc::connection_closed));
    const auto second = here.ask(false, outcome<void>{});
    here.pass(1500ms);
    CHECK(first->value().error().code == errc::connection_closed);
    CHECK(here.exchanges == 2);
    here.pass(1s);
    REQUIRE(*second);
    CHECK(second->value().has_value());
}
