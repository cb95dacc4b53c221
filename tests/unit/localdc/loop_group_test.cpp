// Coroutines that end together.
#include "localdc/loop_group.hpp"

#include "crypto/seeded_random.hpp"
#include "io/simulation.hpp"

#include <doctest/doctest.h>

#include <memory>
#include <stdexcept>
#include <string>
#include <vector>

using namespace mtproto;
using namespace mtproto::localdc;
using namespace std::chrono_literals;
namespace io = mtproto::io;

namespace {

struct group {
    explicit group(io::simulation& in)
        : time(in.time()),
          loops(in.executor(), [this](const std::exception& why) { reasons.push_back(why.what()); }) {}

    static io::awaitable<void> sleep(std::shared_ptr<group> self, duration how_long) {
        const auto slept = co_await self->time.sleep_for(how_long);
        if (slept) ++self->slept_through;
        ++self->ended;
    }
    static io::awaitable<void> fail(std::shared_ptr<group> self, duration after) {
        const auto slept = co_await self->time.sleep_for(after);
        if (slept) throw std::runtime_error("no more");
    }
    static io::awaitable<void> wait_for_all(std::shared_ptr<group> self) {
        co_await self->loops.first_end();
        self->first = self->time.now();
        co_await self->loops.end_all();
    }

    io::virtual_timers& time;
    std::vector<std::string> reasons;
    loop_group loops;
    time_point first{};
    int ended = 0;
    int slept_through = 0;
};

}  // namespace

TEST_CASE("the first loop that ends, ends the others") {
    crypto::seeded_random random(1);
    io::simulation simulation(random);
    const time_point start = simulation.time().now();
    const auto all = std::make_shared<group>(simulation);
    for (const duration each : {duration(3s), duration(1s), duration(2h)})
        all->loops.start(all, group::sleep(all, each));
    simulation.run(group::wait_for_all(all));
    CHECK(all->first == start + 1s);
    CHECK(simulation.time().now() == start + 1s);
    CHECK(all->slept_through == 1);
    CHECK(all->reasons.empty());
}

TEST_CASE("what a loop throws is told, and ends the others") {
    crypto::seeded_random random(1);
    io::simulation simulation(random);
    const auto all = std::make_shared<group>(simulation);
    all->loops.start(all, group::sleep(all, 1h));
    all->loops.start(all, group::fail(all, 1s));
    simulation.run(group::wait_for_all(all));
    CHECK(all->slept_through == 0);
    CHECK(all->reasons == std::vector<std::string>{"no more"});
}
