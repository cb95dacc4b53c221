// Streams of one account before its gate: whose turn it is.
#include "picture.hpp"

#include <doctest/doctest.h>

using namespace schedule_test;

namespace {

struct waiting_stream final : wakeable {
    void wake() noexcept override { ++wakes; }
    int wakes = 0;
};

/// A sliding window that keeps the account's pace.
class waiting_orderly final : public window::strategy {
  public:
    int connections() const override { return 2; }
    int in_flight(int) const override { return 8; }
    std::int32_t part_size() const override { return cell; }
    bool keeps_pace() const override { return true; }
};

/// The gate of an account that was flooded, waited, and may now ask for a cell in each 10 ms.
void teach(flood_gate& gate, time_point& now) {
    waiting_stream teacher;
    for (int i = 0; i < 300; ++i) {
        now += 5ms;
        gate.enter(now, cell, teacher);
    }
    gate.flooded(now, 1s, now, cell);
    now += 1s;
    gate.enter(now, cell, teacher);
    gate.probe_ended(now, true);
}

/// A download whose stream keeps the pace, before any connection is up.
picture::options before(flood_gate& gate) {
    picture::options made;
    made.gate = &gate;
    made.cells = 40;
    made.strategy = [] { return std::make_unique<waiting_orderly>(); };
    made.up = false;
    return made;
}

}  // namespace

TEST_CASE("those who wait for their turn get it one after the other") {
    flood_gate gate;
    time_point now{1h};
    teach(gate, now);
    waiting_stream a;
    waiting_stream b;
    const auto pass_all = [&](waiting_stream& who) {
        int passed = 0;
        while (gate.in_turn(now, who)) {
            gate.enter(now, cell, who);
            ++passed;
        }
        return passed;
    };
    now += 1s;
    CHECK(pass_all(a) >= 1);  // a short burst
    CHECK_FALSE(gate.in_turn(now, b));
    // Both are due at the same moments from here on, and a always asks first.
    int of_a = 0;
    int of_b = 0;
    for (int i = 0; i < 100; ++i) {
        now = gate.pace().next();
        for (int again = 0; again < 2; ++again) {
            of_a += pass_all(a);
            of_b += pass_all(b);
        }
    }
    CHECK(of_a == 50);
    CHECK(of_b == 50);
    CHECK(b.wakes > 0);
}

TEST_CASE(
    "a refusal that was under way for longer than the wait is none of a new flood, and its wait holds") {
    flood_gate gate;
    time_point now{1h};
    const time_point before = now + 1s;  // something was asked for then
    teach(gate, now);
    waiting_stream a;
    now = gate.pace().next();
    gate.enter(now, cell, a);
    const double rate = gate.pace().rate();
    gate.flooded(now, 2s, before, cell);
    CHECK_FALSE(gate.open(now + 1s));
    CHECK(gate.open(now + 2s));
    now += 2s;
    gate.enter(now, cell, a);
    gate.probe_ended(now, true);
    CHECK(gate.floods() == 1);
    CHECK(gate.pace().rate() >= rate);
}

TEST_CASE("one who leaves the queue, or the gate, has the next one woken") {
    flood_gate gate;
    time_point now{1h};
    teach(gate, now);
    waiting_stream a;
    waiting_stream b;
    gate.watch(a);
    gate.watch(b);
    while (gate.in_turn(now, a))
        gate.enter(now, cell, a);
    CHECK_FALSE(gate.in_turn(now, b));
    b.wakes = 0;
    gate.unwatch(a);
    CHECK(b.wakes == 1);
    now += 1s;
    CHECK(gate.in_turn(now, b));
    gate.unwatch(b);
}

TEST_CASE("a stream that keeps the pace asks again when it is time, and one that does not asks at once") {
    flood_gate gate;
    time_point now{1h};
    teach(gate, now);
    picture::options how = before(gate);
    picture p(how);
    p.now = now + 1s;
    p.up(0);
    const std::string at_first = p.drawn();
    const auto asked = [](const std::string& drawn) { return std::count(drawn.begin(), drawn.end(), '0'); };
    CHECK(asked(at_first) < 8);
    REQUIRE(p.machine->wakeup(p.now));
    CHECK(*p.machine->wakeup(p.now) == gate.pace().next());
    CHECK(asked(p.pass(*p.machine->wakeup(p.now) - p.now)) == asked(at_first) + 1);

    how.strategy = {};
    how.in_flight = 8;
    picture naive(how);
    naive.now = p.now;
    CHECK(asked(naive.up(0)) == 8);
}

TEST_CASE("after a wait, a probe that was refused for another reason is followed when the pace allows") {
    flood_gate gate;
    time_point now{1h};
    teach(gate, now);
    picture::options how = before(gate);
    picture p(how);
    p.now = now + 1s;
    std::string drawn = p.up(0);
    while (drawn.find('0') != std::string::npos)
        drawn = p.flooded(static_cast<int>(drawn.find('0')), 3s);
    drawn = p.pass(3s);
    REQUIRE(gate.probing());
    while (drawn.find('0') != std::string::npos)  // a burst is allowed, and then the pace
        drawn = p.failed(static_cast<int>(drawn.find('0')), part_failure::parked);
    REQUIRE(gate.pace().next() > p.now);
    REQUIRE(p.machine->wakeup(p.now));
    CHECK(*p.machine->wakeup(p.now) == gate.pace().next());
    p.pass(gate.pace().next() - p.now);
    CHECK(gate.probing());
}

TEST_CASE("a download that ends as a connection of it can never be opened leaves its place to the next") {
    flood_gate gate;
    time_point now{1h};
    teach(gate, now);
    waiting_stream next;
    picture::options how = before(gate);
    picture ends(how);
    ends.now = now + 1s;
    ends.up(0);
    CHECK_FALSE(gate.in_turn(ends.now, next));
    ends.never_opens(1);
    CHECK(next.wakes == 1);
    CHECK(gate.in_turn(gate.pace().next(), next));
}

TEST_CASE("refusals of what was under way with the first one, and of the probe, are one flood") {
    flood_gate gate;
    time_point now{1h};
    waiting_stream a;
    for (int i = 0; i < 100; ++i) {
        now += 5ms;
        gate.enter(now, cell, a);
    }
    for (int i = 0; i < 10; ++i)
        gate.flooded(now + i * 1ms, 3s, now, cell);
    CHECK(gate.floods() == 1);
    now += 4s;
    CHECK(gate.enter(now, cell, a) == flood_gate::pass::probe);
    gate.flooded(now, 3s, now, cell);
    gate.probe_ended(now, false);
    CHECK(gate.floods() == 1);
    CHECK_FALSE(gate.open(now));
}

TEST_CASE(
    "a wait that a connection tells of holds everybody, is no more than it is, and has a probe after it") {
    flood_gate gate;
    time_point now{1h};
    waiting_stream a;
    gate.watch(a);
    CHECK(gate.enter(now, cell, a) == flood_gate::pass::yes);
    const time_point asked_at = now;
    now += 200ms;
    gate.hold(now, 3s);
    CHECK(a.wakes == 1);
    CHECK_FALSE(gate.open(now));
    CHECK(gate.recovering());
    CHECK(gate.flooded_at() == now);
    CHECK(gate.not_before() == now + 3s);
    CHECK(gate.floods() == 0);  // nothing that passed the gate was refused yet
    gate.flooded(now, 3s, asked_at, cell);
    CHECK(gate.floods() == 1);
    // What a connection refuses by itself is told the rest, in whole seconds.
    now += 500ms;
    gate.flooded(now, 3s, asked_at, cell);
    CHECK(gate.not_before() == now + 2500ms);
    // Another place's wait holds as well.
    gate.flooded(now, 7s, asked_at, cell);
    CHECK(gate.not_before() == now + 7s);
    now += 7s;
    CHECK(gate.enter(now, cell, a) == flood_gate::pass::probe);
    gate.probe_ended(now, true);
    CHECK(gate.open(now));
    gate.unwatch(a);
}

TEST_CASE("a probe that is refused after a wait that no part met with says nothing of the pace") {
    flood_gate gate;
    time_point now{1h};
    waiting_stream a;
    gate.enter(now, cell, a);
    gate.hold(now, 3s);
    now += 3s;
    CHECK(gate.enter(now, cell, a) == flood_gate::pass::probe);
    gate.hold(now, 3s);
    gate.flooded(now, 3s, now, cell);
    gate.probe_ended(now, false);
    CHECK(gate.floods() == 0);
    CHECK_FALSE(gate.open(now + 2s));
}
