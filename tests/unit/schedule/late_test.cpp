// Parts that are late, and connections over which nothing comes, as pictures of parts over time.
#include "picture.hpp"

#include <doctest/doctest.h>

using namespace schedule_test;

namespace {

/// A sliding window whose parts are late after a second.
class impatient final : public window::strategy {
  public:
    struct options {
        int in_flight = 2;
        int connections = 2;
        int watched = 1;
        duration late = 1s;
    };
    explicit impatient(options how) : how_(how) {}

    int connections() const override { return how_.connections; }
    int in_flight(int /*connection*/) const override { return how_.in_flight; }
    std::int32_t part_size() const override { return cell; }
    std::optional<duration> late_after(const window::pending_part&) const override { return how_.late; }
    int watched() const override { return how_.watched; }

  private:
    options how_;
};

picture::options watching(impatient::options how = {}, int cells = 12) {
    picture::options made;
    made.cells = cells;
    made.strategy = [how] { return std::make_unique<impatient>(how); };
    return made;
}

}  // namespace

TEST_CASE("the part that the reader waits for is asked for again when it is late, over another connection") {
    picture p(watching());
    CHECK(p.drawn() == "0101........");
    CHECK(p.machine->wakeup(p.now) == p.now + 1s);
    CHECK(p.pass(999ms) == "0101........");
    CHECK(p.pass(1ms) == "1101........");
    CHECK(p.under_way_in_all() == 5);
}

TEST_CASE("the second request wins the race: the first one is dropped, and its connection has room") {
    picture p(watching());
    p.now += 999ms;
    p.got(2);  // connection 0 is alive, only slow with one part
    p.pass(1ms);
    CHECK(p.drawn() == "11#10.......");
    CHECK(p.got(0) == "=1#100......");
    CHECK(p.under_way_in_all() == 4);
    CHECK(p.doings() == "+0 +1 ");
}

TEST_CASE("the first request wins the race after all: the second one is dropped") {
    picture p(watching());
    p.pass(1s);
    CHECK(p.drawn() == "1101........");
    CHECK(p.first_got(0) == "=1010.......");
    CHECK(p.under_way_in_all() == 4);
}

TEST_CASE("either request of a late part may fail without harm: the other goes on") {
    picture p(watching());
    p.pass(1s);
    CHECK(p.failed(0, part_failure::retry) == "0101........");
    CHECK(p.machine->attempts(p.under_way(0)) == 0);
    CHECK(p.pass(0s) == "0101........");  // no part has come since: nothing more may be asked for twice
    p.got(0);
    CHECK(p.drawn()[0] == '=');
}

TEST_CASE("a connection that is lost leaves a late part to its other request") {
    picture p(watching());
    p.pass(1s);
    p.comes_up(false);
    CHECK(p.lost(1, 5s) == "0x0x........");
    p.got(0);
    CHECK(p.drawn() == "=00x........");
}

TEST_CASE("what is asked for twice in vain stays below 2 % of the file, and one part") {
    picture p(watching({.in_flight = 4, .connections = 2}, 400));
    for (int at = 0; at < 200; ++at) {
        p.pass(1s);  // each part is late
        p.first_got(at);
        p.read_to(at + 1);
    }
    const int twice = p.requests - 200 - p.under_way_in_all();
    // 8 cells are 2 %; a request that was dropped before it can have begun to come counts for a quarter.
    CHECK(twice >= 8);
    CHECK(twice <= 16);
}

TEST_CASE("a second request may be as late as the first: a third one takes the place of the first") {
    picture p(watching({.in_flight = 2, .connections = 3}));
    CHECK(p.drawn() == "012012......");
    CHECK(p.pass(1s) == "112012......");
    CHECK(p.pass(999ms) == "112012......");
    p.pass(1ms);
    CHECK(p.under_way_in_all() == 7);
    // Nothing came over 0: its other part waits for one that serves.
    CHECK(p.got(0).substr(0, 6) == "=12x12");
    CHECK(p.under_way_in_all() == 6);
}

TEST_CASE(
    "without room for both answers, the late request of the part that is waited for makes way for a new "
    "one") {
    byte_budget budget(4 * cell);
    picture::options how = watching({.in_flight = 2, .connections = 2, .watched = 2});
    how.budget = &budget;
    picture p(how);
    CHECK(p.drawn() == "0101........");
    CHECK(p.pass(1s) == "1101........");  // not the next one, which nobody waits for yet
    CHECK(p.under_way_in_all() == 4);
    CHECK(budget.held() == 4 * cell);
    CHECK(p.pass(999ms) == "1101........");
    CHECK(p.got(0) == "=101........");
}

TEST_CASE("a late request that makes way before its answer can have begun to come counts as a quarter, too") {
    byte_budget budget(4 * cell);
    picture::options how = watching({.in_flight = 2, .connections = 2}, 400);
    how.budget = &budget;
    picture p(how);
    int moved = 0;
    for (int at = 0; at < 400; at += 4) {
        const char slow = p.drawn()[static_cast<std::size_t>(at)];
        int later = at + 1;
        while (p.drawn()[static_cast<std::size_t>(later)] != slow)
            ++later;
        p.got(later);
        moved += p.pass(1s)[static_cast<std::size_t>(at)] != slow;
        for (int other = at + 3; other >= at; --other)
            if (other != later) p.got(other);
        p.read_to(at + 4);
    }
    CHECK(moved >= 30);  // 8 cells are 2 %
    CHECK(moved <= 40);
}

TEST_CASE("half of what may be asked for twice is kept for when the reader has little before it") {
    picture p(watching({.in_flight = 4, .connections = 2}, 400));
    for (int at = 0; at < 20; ++at)
        p.got(at);
    int here = 20;
    const auto twice = [&] { return p.requests - here - p.under_way_in_all(); };
    for (; here < 50; ++here) {
        p.pass(1s);
        p.first_got(here);
    }
    const int at_ease = twice();
    CHECK(at_ease >= 4);
    CHECK(at_ease <= 8);
    p.read_to(50);
    for (; here < 80; ++here) {
        p.pass(1s);
        p.first_got(here);
        p.read_to(here + 1);
    }
    CHECK(twice() >= at_ease + 4);
    CHECK(twice() <= 16);
}

TEST_CASE("a strategy may watch more than the very next part") {
    picture p(watching({.in_flight = 2, .connections = 3, .watched = 3}, 400));
    for (int at = 0; at < 150; ++at) {
        p.got(at);
        p.read_to(at + 1);
    }
    CHECK(p.drawn().substr(150, 6) == "012012");
    p.pass(1s);
    CHECK(p.under_way_in_all() == 9);  // 150, 151 and 152
}

TEST_CASE("a connection that loses a race, with more late on it and nothing heard, is checked and relieved") {
    picture p(watching({.connections = 2}));
    CHECK(p.drawn() == "0101........");
    p.doings();
    p.now += 500ms;
    p.got(1);
    p.got(3);
    CHECK(p.drawn() == "0#0#11......");
    p.comes_up(false);
    p.pass(500ms);
    CHECK(p.drawn() == "1#0#11......");
    p.now += 200ms;
    CHECK(p.got(0) == "==x#11......");  // 2 was late on 0, too
    CHECK(p.doings() == "?0 ");
    CHECK(p.up(0) == "==x#1100....");  // it was alive, which does not mean that it serves
}

TEST_CASE("watchdog: where nothing comes for 5 s, while others deliver, parts move away") {
    picture::options how;
    how.cells = 60;
    picture p(how);
    p.doings();
    p.comes_up(false);
    CHECK(p.drawn().substr(0, 6) == "0101..");
    p.got(1);
    for (int at = 3; at < 28; ++at) {
        CHECK(p.doings() == "");
        p.pass(200ms);
        if (at == 27) break;
        p.got(at);
    }
    CHECK(p.doings() == "?0 ");
    CHECK(p.drawn().substr(0, 6) == "x#x###");  // 1 has no room yet
    p.got(27);
    CHECK(p.drawn().substr(0, 6) == "1#x###");
    CHECK(p.machine->losses(0) == 0);
    p.up(0);
    CHECK(p.drawn().substr(0, 6) == "1#x###");  // nothing came over 0 yet
    CHECK(p.got(0).substr(0, 6) == "==1###");
}

TEST_CASE("watchdog: when every connection is silent, each is checked and keeps its parts") {
    picture p;
    p.doings();
    CHECK(p.pass(5s) == "0101........");
    CHECK(p.doings() == "?0 ?1 ");
    CHECK(p.pass(4999ms) == "0101........");
    CHECK(p.doings() == "");
    p.pass(1ms);
    CHECK(p.doings() == "?0 ?1 ");
    CHECK(p.got(0) == "=1010.......");
}

TEST_CASE("watchdog: a reader that stands still is no dead connection") {
    picture::options how;
    how.read_ahead_cells = 4;
    picture p(how);
    for (int at = 0; at < 4; ++at)
        p.got(at);
    p.doings();
    p.pass(1h);
    CHECK(p.doings() == "");
    CHECK_FALSE(p.machine->wakeup(p.now));
    p.read_to(1);
    p.pass(1s);
    CHECK(p.doings() == "");  // what was asked for just now is not due yet
}

TEST_CASE("watchdog: a flood wait is no silence") {
    picture p;
    p.doings();
    p.flooded(1, 60s);
    p.pass(59s);
    CHECK(p.doings() == "");
}

TEST_CASE("watchdog: on slow lines, silence is three times what parts take") {
    picture::options how;
    how.in_flight = 1;
    how.cells = 40;
    picture p(how);
    p.now += 4s;
    p.got(0);
    p.got(1);
    p.doings();
    CHECK(p.drawn().substr(0, 5) == "==01.");
    p.pass(6s);
    CHECK(p.got(2).substr(0, 5) == "===10");
    CHECK(p.pass(5s).substr(0, 5) == "===10");
    CHECK(p.doings() == "");
}
