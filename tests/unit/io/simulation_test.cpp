// Pipes, virtual time and the simulation loop.
#include "io/simulation.hpp"

#include "io/event.hpp"

#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>
#include <doctest/doctest.h>

#include <array>
#include <string>

using namespace mtproto;
using namespace std::chrono_literals;
namespace io = mtproto::io;

namespace {

class counting_random final : public random_source {
  public:
    void fill(byte_span out) override {
        for (std::byte& byte : out)
            byte = static_cast<std::byte>(next_++);
    }

  private:
    unsigned next_ = 0;
};

io::awaitable<void> echo_once(io::acceptor& door) {
    auto incoming = co_await door.accept();
    REQUIRE(incoming);
    std::array<std::byte, 3> small{};
    for (;;) {
        const auto count = co_await (*incoming)->read_some(small);
        if (!count || *count == 0) break;
        const std::array<byte_view, 1> parts{byte_view(small).first(*count)};
        if (!co_await (*incoming)->write(parts)) break;
    }
    (*incoming)->close();
}

io::awaitable<void> talk(io::network& net, io::endpoint where) {
    auto connected = co_await net.connect(where);
    REQUIRE(connected);
    const std::string hello = "hello, pipe";
    const std::array<byte_view, 2> parts{as_bytes("hello, "), as_bytes("pipe")};
    REQUIRE(co_await (*connected)->write(parts));
    std::string back;
    std::array<std::byte, 64> into{};
    while (back.size() < hello.size()) {
        const auto count = co_await (*connected)->read_some(into);
        REQUIRE(count);
        REQUIRE(*count > 0);
        back += as_text(byte_view(into).first(*count));
    }
    CHECK(back == hello);
    (*connected)->close();
}

io::awaitable<void> sleep_twice(io::timers& time, std::vector<int>& order, int who, duration each) {
    for (int round = 0; round < 2; ++round) {
        REQUIRE(co_await time.sleep_for(each));
        order.push_back(who);
    }
}

io::awaitable<void> race(io::simulation& world) {
    using namespace boost::asio::experimental::awaitable_operators;
    const auto winner = co_await (world.time().sleep_for(2s) || world.time().sleep_for(1h));
    CHECK(winner.index() == 0);
    CHECK_FALSE(world.time().anyone_waits());
    CHECK(world.time().now().time_since_epoch() == 2s);
}

}  // namespace

TEST_CASE("two ends of a pipe talk, and a closed end reads as the end of the stream") {
    counting_random random;
    io::simulation world(random);
    auto door = world.net().listen({"dc", 0});
    REQUIRE(door);
    boost::asio::co_spawn(world.executor(), echo_once(**door), boost::asio::detached);
    world.run(talk(world.net(), (*door)->local()));
}

TEST_CASE("nobody listens: the connection fails at once") {
    counting_random random;
    io::simulation world(random);
    world.run([](io::network& net) -> io::awaitable<void> {
        const io::endpoint nowhere{"nowhere", 1};
        auto refused = co_await net.connect(nowhere);
        CHECK(refused.error() == errc::connection_failed);
    }(world.net()));
}

TEST_CASE("sleepers wake in the order of their times and no time is spent") {
    counting_random random;
    io::simulation world(random);
    std::vector<int> order;
    boost::asio::co_spawn(world.executor(), sleep_twice(world.time(), order, 1, 3s), boost::asio::detached);
    world.run(sleep_twice(world.time(), order, 2, 4s));
    CHECK(order == std::vector<int>{1, 2, 1, 2});
    CHECK(world.time().now().time_since_epoch() == 8s);
}

TEST_CASE("the loser of a race is cancelled and leaves no timer behind") {
    counting_random random;
    io::simulation world(random);
    world.run(race(world));
}

TEST_CASE("a task that waits for nothing that can come is reported, not waited for") {
    counting_random random;
    io::simulation world(random);
    io::event never(world.executor());
    CHECK_THROWS_AS(world.run([](io::event& what) -> io::awaitable<void> { co_await what.wait(); }(never)),
                    std::runtime_error);
}

TEST_CASE("a task that takes longer than it may is reported, and may end later") {
    counting_random random;
    io::simulation world(random);
    bool ended = false;
    CHECK_THROWS_AS(world.run(
                        [](io::timers& time, bool& into) -> io::awaitable<void> {
                            co_await time.sleep_for(1h);
                            co_await time.sleep_for(1h);
                            into = true;
                        }(world.time(), ended),
                        30min),
                    std::runtime_error);
    CHECK_FALSE(ended);
    while (world.time().anyone_waits()) {
        world.time().advance_to_next();
        world.settle();
    }
    CHECK(ended);
}
