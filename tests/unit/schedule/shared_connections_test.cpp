// A download on connections that others use, too.
#include "picture.hpp"

#include <doctest/doctest.h>

using namespace schedule_test;

namespace {

/// Another download that fills connections 0 and 1.
class busy_connections {
  public:
    fair_queue queue;

    void empty(int connection) {
        other_.end(on_[connection], {}, false);
        on_[connection] = other_.go(connection, 1, {});  // it goes on, with next to nothing
    }
    void fill(int connection) {
        other_.end(on_[connection], {}, false);
        on_[connection] = other_.go(connection, queue.cap(connection), {});
    }

  private:
    nobody nobody_;
    fair_queue::flow other_{queue, nobody_, usual_weight, {0, 1}};
    fair_queue::grant on_[2] = {other_.go(0, queue.cap(0), {}), other_.go(1, queue.cap(1), {})};
};

}  // namespace

TEST_CASE(
    "a download that waits for its turn holds room for its next part, and takes the connection that has "
    "come") {
    busy_connections connections;
    picture::options how;
    how.queue = &connections.queue;
    picture one(how);
    CHECK(one.drawn() == "............");
    CHECK(one.machine->held() == cell);
    connections.empty(1);
    CHECK(one.wakes == 1);
    CHECK(one.pass(0s) == "11..........");  // two parts a connection
    CHECK(one.machine->held() == 3 * cell);
    connections.empty(0);
    CHECK(one.pass(0s) == "1100........");
    CHECK(one.machine->held() == 4 * cell);  // its own window is full: it waits for no turn
}

TEST_CASE("what goes when the turn comes is what the reader wants by then") {
    busy_connections connections;
    picture::options how;
    how.queue = &connections.queue;
    picture one(how);
    one.seek(6);
    CHECK(one.machine->held() == cell);
    connections.empty(0);
    CHECK(one.pass(0s) == "......00....");
}

TEST_CASE("what failed goes before what is new when the turn comes") {
    busy_connections connections;
    connections.empty(0);
    picture::options how;
    how.queue = &connections.queue;
    picture one(how);
    CHECK(one.drawn() == "00..........");
    connections.fill(0);
    CHECK(one.failed(0, part_failure::retry) == "x0..........");
    connections.empty(1);
    CHECK(one.pass(0s) == "101.........");
}

TEST_CASE("what is at hand needs no turn") {
    busy_connections connections;
    picture::options how;
    how.queue = &connections.queue;
    how.at_hand = [](const part_range& what) { return what.offset < 3 * cell; };
    picture one(how);
    CHECK(one.drawn() == "010.........");
    const std::int64_t of_other = connections.queue.cap(0);
    CHECK(connections.queue.in_flight(0) == of_other);
    one.got(0);
    CHECK(connections.queue.in_flight(0) == of_other);
}

TEST_CASE("what is at hand leaves the connection's next turn to others") {
    busy_connections connections;
    picture::options how;
    how.cells = 2;
    how.connections = 1;
    how.queue = &connections.queue;
    how.at_hand = [](const part_range&) { return true; };
    how.up = false;
    picture one(how);
    CHECK(one.up(0) == "00");
    connections.empty(0);
    CHECK(one.wakes == 0);
}

TEST_CASE("until the reader has something, what waits behind the first part is as small") {
    busy_connections connections;
    connections.empty(0);
    picture::options how;
    how.queue = &connections.queue;
    how.strategy = [] { return window::sliding(1, 2, 4 * static_cast<std::int32_t>(cell)); };
    picture one(how);
    CHECK(one.drawn() == "0...........");
    CHECK(one.machine->held() == 2 * cell);
    connections.fill(0);
    one.got(0);
    connections.empty(1);
    CHECK(one.pass(0s) == "=1..........");
    CHECK(one.machine->held() == 4 * cell);  // two up to the next multiple of four
}

TEST_CASE("room that waits for a turn goes when another download needs it, and when its own pauses") {
    busy_connections connections;
    byte_budget budget(4 * cell);
    connections.empty(0);
    picture::options how;
    how.queue = &connections.queue;
    how.budget = &budget;
    picture one(how);
    CHECK(one.drawn() == "00..........");
    CHECK(one.machine->held() == 3 * cell);
    nobody driver;
    byte_budget::share other(budget, driver);
    CHECK(other.take(cell));
    CHECK_FALSE(other.take(cell));
    one.pass(0s);
    CHECK(one.machine->held() == 2 * cell);
    CHECK(other.take(cell));
    other.give(2 * cell);
    one.pass(0s);
    CHECK(one.machine->held() == 3 * cell);
    one.pause();
    CHECK(one.machine->held() == 2 * cell);
}

TEST_CASE("one that waits keeps its place before those that come later, and one that ends makes way") {
    busy_connections connections;
    picture::options how;
    how.queue = &connections.queue;
    how.connections = 1;
    auto first = std::make_unique<picture>(how);
    picture second(how);
    connections.empty(0);
    CHECK(first->wakes == 1);
    CHECK(second.wakes == 0);
    CHECK(second.pass(0s) == "............");
    first.reset();
    CHECK(second.wakes == 1);
    CHECK(second.pass(0s) == "00..........");
    second.machine.reset();
    CHECK(connections.queue.in_flight(0) == 1);
}

TEST_CASE("a download that cannot go on makes way at once") {
    busy_connections connections;
    picture::options how;
    how.queue = &connections.queue;
    how.connections = 1;
    picture first(how);
    picture second(how);
    first.machine->broken(first.now);
    connections.empty(0);
    CHECK(first.wakes == 0);
    CHECK(second.wakes > 0);
    CHECK(second.pass(0s) == "00..........");
}

TEST_CASE("what failed keeps its place when a smaller new part would go before the others, but has no room") {
    byte_budget for_all(6 * cell);
    picture::options how;
    how.cells = 7;
    how.connections = 1;
    how.strategy = [] { return window::sliding(5, 1, 8 * static_cast<std::int32_t>(cell)); };
    SUBCASE("of its own") {
        how.read_ahead_cells = 6;
    }
    SUBCASE("beside other streams") {
        how.budget = &for_all;
    }
    fair_queue queue;
    how.queue = &queue;
    picture one(how);
    CHECK(one.drawn() == "000.0..");  // 1, 1, 2 and 2 cells
    for (const int at : {0, 1, 4})
        one.got(at);
    nobody driver;
    fair_queue::flow other(queue, driver, usual_weight, {0});
    const std::int64_t size = 7 * cell / 2;
    CHECK(other.may_go(0, size));
    CHECK(one.failed(2, part_failure::retry) == "==x.#..");
    CHECK(one.wakes == 0);
    other.go(0, size, one.now);
    other.settle();
    CHECK(one.wakes == 1);
    CHECK(one.pass(0s) == "==0.#..");
}
