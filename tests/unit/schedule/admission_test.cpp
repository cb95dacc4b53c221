// Rounds before the three arbiters: answers with their reasons, and what is left of a round at its end.
#include "schedule/admission.hpp"

#include "picture.hpp"

#include <doctest/doctest.h>

using namespace schedule_test;

namespace {

class orderly final : public window::strategy {
  public:
    int connections() const override { return 1; }
    int in_flight(int) const override { return 2; }
    std::int32_t part_size() const override { return cell; }
    bool keeps_pace() const override { return true; }
};

class front_of_file final : public cache_view {
  public:
    bool at_hand(const part_range& range) const override { return range.offset < cell; }
};

part_range cell_at(int at) {
    return {at * cell, static_cast<std::int32_t>(cell), static_cast<std::int32_t>(cell)};
}

/// What downloads of one account share, with one connection.
struct account {
    byte_budget budget{4 * cell};
    fair_queue queue;
    flood_gate gate;
    time_point now{1h};
};

/// One download of it.
class stream {
  public:
    explicit stream(account& of, const range_settings& how = {}, const cache_view* cache = nullptr)
        : flow(of.queue, driver, usual_weight, {0}), admits(how, strategy, of.budget, driver, &flow, cache) {
        over.state = connection_state::up;
        over.gate = &of.gate;
        admits.watch(of.gate);
    }
    refusal ask(const account& of, int at = 0) {
        admission::round round(admits, of.now);
        return round.ask(cell_at(at), 0, over);
    }
    permit send(const account& of, int at = 0) {
        admission::round round(admits, of.now);
        return round.pass(cell_at(at), 0, over);
    }

    nobody driver;
    orderly strategy;
    fair_queue::flow flow;
    admission admits;
    connection over;
};

}  // namespace

TEST_CASE("a connection that is not up, or has its window full, is the first reason") {
    account of;
    stream one(of);
    CHECK(one.ask(of) == refusal::none);
    one.over.in_flight = 2;
    CHECK(one.ask(of) == refusal::window);
    one.over.in_flight = 1;
    one.over.losses = 1;  // it has to show first that it is back
    CHECK(one.ask(of) == refusal::window);
    one.over.in_flight = 0;
    CHECK(one.ask(of) == refusal::none);
    one.over.state = connection_state::leaving;
    CHECK(one.ask(of) == refusal::window);
}

TEST_CASE("a flood wait holds everything back, and a gate's time is told") {
    account of;
    stream one(of);
    of.gate.flooded(of.now, 5s, of.now, 0);
    CHECK(one.ask(of) == refusal::flood);
    CHECK(one.admits.held_by_gate());
    CHECK(one.admits.held_back_since(of.now));
    CHECK(one.admits.opens_at(of.gate, of.now) == of.now + 5s);
    of.now += 5s;
    CHECK(one.ask(of) == refusal::none);
    CHECK_FALSE(one.admits.held_by_gate());
    CHECK_FALSE(one.admits.held_back_since(of.now));
    const permit probe = one.send(of);
    CHECK(one.ask(of) == refusal::flood);
    CHECK_FALSE(one.admits.opens_at(of.gate, of.now));  // an answer opens it, not time
}

TEST_CASE("a download waits for its turn, unless it goes out of turn or needs none") {
    account of;
    stream busy(of);
    const fair_queue::grant full = busy.flow.go(0, of.queue.cap(0), of.now);
    stream one(of);
    CHECK(one.ask(of) == refusal::turn);
    CHECK(one.admits.held_back_since(of.now));
    CHECK_FALSE(one.admits.held_by_gate());
    range_settings how;
    how.waits_its_turn = false;
    stream late(of, how);
    CHECK(late.ask(of) == refusal::none);
    const front_of_file cache;
    stream warm(of, {}, &cache);
    CHECK(warm.ask(of, 0) == refusal::none);
    CHECK(warm.ask(of, 1) == refusal::turn);
    const permit sent = late.send(of);
    CHECK(of.queue.in_flight(0) == full.bytes + cell);  // it counts all the same
    const permit nothing = warm.send(of, 0);
    CHECK(of.queue.in_flight(0) == full.bytes + cell);
    busy.flow.end(full, of.now, false);
}

TEST_CASE(
    "a round in which nothing is asked leaves the queue of a connection, and the next one hears of it") {
    account of;
    stream busy(of);
    const fair_queue::grant full = busy.flow.go(0, of.queue.cap(0), of.now);
    stream first(of);
    stream second(of);
    CHECK(first.ask(of) == refusal::turn);
    CHECK(second.ask(of) == refusal::turn);
    busy.flow.end(full, of.now, false);
    CHECK(first.driver.wakes == 1);
    CHECK(second.driver.wakes == 0);
    { const admission::round nothing(first.admits, of.now); }
    CHECK(second.driver.wakes > 0);
}

TEST_CASE("a round in which nothing is asked leaves the gate's queue, and the next one hears of it") {
    account of;
    stream first(of);
    stream second(of);
    // The account was flooded at a cell in each 5 ms; now its pace lets nobody pass for a while.
    for (int i = 0; i < 300; ++i) {
        of.now += 5ms;
        of.gate.enter(of.now, cell, first.driver);
    }
    of.gate.flooded(of.now, 1s, of.now, cell);
    of.now += 1s;
    of.gate.enter(of.now, cell, first.driver);
    of.gate.probe_ended(of.now, true);
    for (int i = 0; i < 300 && of.gate.in_turn(of.now, first.driver); ++i)
        of.gate.enter(of.now, cell, first.driver);
    CHECK(first.ask(of) == refusal::pace);
    CHECK(second.ask(of) == refusal::pace);
    CHECK(first.admits.opens_at(of.gate, of.now) == of.gate.pace().next());
    first.driver.wakes = second.driver.wakes = 0;
    { const admission::round nothing(first.admits, of.now); }
    CHECK(second.driver.wakes == 1);
    CHECK(first.driver.wakes == 0);
}

TEST_CASE(
    "room that waits for a turn is kept from round to round, and goes with the first that does not want it") {
    account of;
    stream one(of);
    {
        admission::round round(one.admits, of.now);
        CHECK(round.reserve(cell_at(0), true) == refusal::none);
    }
    CHECK(one.admits.held() == cell);
    {
        admission::round round(one.admits, of.now);
        CHECK(round.reserve(cell_at(0), true) == refusal::none);
    }
    CHECK(one.admits.held() == cell);
    {
        admission::round round(one.admits, of.now);
        round.keep_reserved();
    }
    CHECK(one.admits.held() == cell);
    { const admission::round nothing(one.admits, of.now); }
    CHECK(one.admits.held() == 0);
    CHECK_FALSE(one.admits.reserved());
}

TEST_CASE("reserved room becomes the part's") {
    account of;
    stream one(of);
    {
        admission::round round(one.admits, of.now);
        round.reserve(cell_at(3), true);
        const admission::reservation taken = round.take_reserved();
        CHECK(taken.range.offset == 3 * cell);
        CHECK(one.admits.held() == cell);
        CHECK_FALSE(one.admits.reserved());
    }
    CHECK(one.admits.held() == 0);
}

TEST_CASE(
    "a wish for room stands while the budget is the reason, and others hear when it does not any more") {
    account of;
    stream one(of);
    nobody driver;
    byte_budget::share other(of.budget, driver);
    CHECK(other.take(4 * cell));
    {
        admission::round round(one.admits, of.now);
        CHECK(round.reserve(cell_at(0), true) == refusal::budget);
    }
    CHECK(other.asked_back() == cell);
    SUBCASE("its own bound is in the way") {
        admission::round round(one.admits, of.now);
        CHECK(round.reserve(cell_at(0), false) == refusal::read_ahead);
    }
    SUBCASE("nothing is wanted") {
        const admission::round nothing(one.admits, of.now);
    }
    SUBCASE("the download has failed") {
        one.admits.give_up();
    }
    SUBCASE("the download is paused") {
        one.admits.rest(true);
    }
    CHECK(other.asked_back() == 0);
}

TEST_CASE("one that has no room leaves its turn to others") {
    account of;
    stream busy(of);
    const fair_queue::grant full = busy.flow.go(0, of.queue.cap(0), of.now);
    stream first(of);
    stream second(of);
    {
        admission::round round(first.admits, of.now);
        CHECK(round.ask(cell_at(0), 0, first.over) == refusal::turn);
        CHECK(round.reserve(cell_at(0), false) == refusal::read_ahead);
    }
    CHECK(second.ask(of) == refusal::turn);
    busy.flow.end(full, of.now, false);
    CHECK(first.driver.wakes == 0);
    CHECK(second.driver.wakes > 0);
}

TEST_CASE("a download that is gone waits before no gate and in no queue") {
    account of;
    stream busy(of);
    const fair_queue::grant full = busy.flow.go(0, of.queue.cap(0), of.now);
    stream second(of);
    {
        stream first(of);
        CHECK(first.ask(of) == refusal::turn);
        CHECK(second.ask(of) == refusal::turn);
    }
    busy.flow.end(full, of.now, false);
    CHECK(second.driver.wakes > 0);
    second.driver.wakes = 0;
    of.gate.flooded(of.now, 1s, of.now, 0);  // wakes those that watch it
    CHECK(second.driver.wakes == 1);
}
