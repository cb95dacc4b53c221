// One budget, several streams.
#include "picture.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <limits>

using namespace schedule_test;

TEST_CASE("a share may take all while it is alone, and never more") {
    byte_budget budget(10 * cell);
    nobody who;
    byte_budget::share one(budget, who);
    CHECK(one.take(10 * cell));
    CHECK_FALSE(one.take(1));
    one.give(1);
    CHECK(one.take(1));
    CHECK(budget.peak() == 10 * cell);
}

TEST_CASE("a second stream that finds nothing left gets its fair part back from the first") {
    byte_budget budget(8 * cell);
    nobody a_driver;
    nobody b_driver;
    byte_budget::share a(budget, a_driver);
    CHECK(a.take(8 * cell));
    byte_budget::share b(budget, b_driver);
    CHECK_FALSE(b.take(cell));
    CHECK(a_driver.wakes == 1);
    CHECK(a.asked_back() == cell);
    a.give(cell);
    CHECK(b_driver.wakes == 0);
    a.settle();
    CHECK(b_driver.wakes == 1);
    CHECK(a.asked_back() == 0);
    CHECK_FALSE(a.take(cell));  // kept for b
    CHECK(b.take(cell));
    CHECK(budget.held() == 8 * cell);
}

TEST_CASE("the smallest budget has room for the part being read and the next one") {
    const byte_budget budget(1);
    CHECK(budget.capacity() == 2 * smallest_part);
}

TEST_CASE("a stream with nothing in hand is given something by others that are not above their fair part") {
    byte_budget budget(8 * cell);
    nobody driver;
    byte_budget::share a(budget, driver);
    byte_budget::share b(budget, driver);
    byte_budget::share c(budget, driver);
    // Only a is above its fair part, with a single part that its reader holds and that it cannot give.
    CHECK(a.take(4 * cell));
    CHECK(b.take(2 * cell));
    CHECK(c.take(2 * cell));
    nobody d_driver;
    byte_budget::share d(budget, d_driver);
    CHECK_FALSE(d.take(cell));
    CHECK(b.asked_back() == cell);
    CHECK(c.asked_back() == cell);
    c.give(cell);
    c.settle();
    CHECK(d_driver.wakes > 0);
    CHECK_FALSE(c.take(cell));  // kept for d
    CHECK(b.asked_back() == 0);
    CHECK(d.take(cell));
    CHECK(b.asked_back() == 0);
}

TEST_CASE("a stream that runs dry while it waits asks again, as one with nothing in hand") {
    byte_budget budget(4 * cell);
    nobody a_driver;
    nobody driver;
    byte_budget::share a(budget, a_driver);
    byte_budget::share b(budget, driver);
    byte_budget::share c(budget, driver);
    byte_budget::share d(budget, driver);
    CHECK(c.take(cell));
    CHECK(d.take(cell / 2));
    CHECK(b.take(cell / 4));
    CHECK(a.take(9 * cell / 4));
    CHECK_FALSE(b.take(3 * cell / 4));
    const int wakes = a_driver.wakes;
    CHECK(wakes > 0);
    b.give(cell / 4);
    CHECK_FALSE(b.take(2 * cell));
    CHECK(a_driver.wakes > wakes);
    CHECK(c.asked_back() > 0);
}

TEST_CASE("a download that failed gives up what nobody may ever read") {
    byte_budget budget(4 * cell);
    picture::options how;
    how.budget = &budget;
    picture failed(how);
    failed.got(0);
    failed.got(1);
    failed.got(2);
    failed.failed(3, part_failure::fatal);
    CHECK(failed.drawn() == "===x........");
    picture other(how);
    for (int i = 0; i < 4; ++i) {
        failed.pass(0s);
        other.pass(0s);
    }
    CHECK(failed.drawn() == "==xx........");
    CHECK(other.drawn().substr(0, 2) == "01");
}

TEST_CASE("others hear of the room of a download that ends as a connection of it can never be opened") {
    byte_budget budget(4 * cell);
    picture::options how;
    how.budget = &budget;
    how.in_flight = 4;
    how.up = false;
    picture ends(how);
    CHECK(ends.up(0) == "0000........");
    nobody waiting;
    byte_budget::share other(budget, waiting);
    CHECK_FALSE(other.take(cell));
    ends.never_opens(1);
    CHECK(ends.machine->held() == 0);
    CHECK(waiting.wakes == 1);
}

TEST_CASE("nobody hears of room that is taken again at once, or of too little") {
    byte_budget budget(8 * cell);
    nobody driver;
    nobody waiting;
    byte_budget::share a(budget, driver);
    byte_budget::share b(budget, waiting);
    CHECK(b.take(4 * cell));
    CHECK(a.take(4 * cell));
    CHECK_FALSE(b.take(2 * cell));
    a.give(2 * cell);
    CHECK(a.take(2 * cell));
    a.settle();
    CHECK(waiting.wakes == 0);
    a.give(cell);
    a.settle();
    CHECK(waiting.wakes == 0);
    a.give(cell);
    a.settle();
    CHECK(waiting.wakes == 1);
    a.settle();
    CHECK(waiting.wakes == 1);
}

TEST_CASE("one that would ask for less now hears of that much room") {
    byte_budget budget(16 * cell);
    nobody driver;
    nobody waiting;
    byte_budget::share a(budget, driver);
    byte_budget::share b(budget, waiting);
    CHECK(b.take(8 * cell));
    CHECK(a.take(8 * cell));
    CHECK_FALSE(b.take(4 * cell));
    a.give(2 * cell);
    a.settle();
    CHECK(waiting.wakes == 0);
    byte_budget::share c(budget, driver);
    CHECK(c.take(cell));
    a.give(cell);
    a.settle();  // room for two, and b's fair part is five
    CHECK(waiting.wakes == 1);
}

TEST_CASE("a wish that is withdrawn keeps nothing from the others") {
    byte_budget budget(8 * cell);
    nobody driver;
    byte_budget::share a(budget, driver);
    CHECK(a.take(8 * cell));
    {
        byte_budget::share b(budget, driver);
        CHECK_FALSE(b.take(cell));
        b.no_wish();
        CHECK(a.asked_back() == 0);
        CHECK_FALSE(b.take(cell));
    }
    CHECK(a.asked_back() == 0);
    a.give(cell);
    CHECK(a.take(cell));
}

TEST_CASE("a stream that is held back needs no room meanwhile") {
    byte_budget budget(4 * cell);
    nobody driver;
    byte_budget::share other(budget, driver);
    CHECK(other.take(4 * cell));
    picture::options how;
    how.budget = &budget;
    picture held(how);
    CHECK(other.asked_back() > 0);
    held.hold();
    held.pass(0s);
    CHECK(other.asked_back() == 0);
    held.release();
    CHECK(other.asked_back() > 0);
}

TEST_CASE("a stream whose reader stands still gives up its furthest parts when another one needs them") {
    byte_budget budget(8 * cell);
    picture::options how;
    how.budget = &budget;
    how.in_flight = 4;
    picture idle(how);
    CHECK(idle.drawn() == "01010101....");
    idle.got(0);
    idle.got(1);
    idle.got(2);
    CHECK(idle.got(3) == "====0101....");

    how.in_flight = 2;
    picture other(how);
    CHECK(other.drawn() == "............");  // nothing left
    CHECK(idle.wakes > 0);
    CHECK(idle.pass(0s) == "====010x....");
    CHECK(other.pass(0s).substr(0, 2) == "0.");
    CHECK(idle.pass(0s) == "====01xx....");
    CHECK(other.pass(0s).substr(0, 2) == "01");
    CHECK(budget.held() <= budget.capacity());
    for (int i = 0; i < 8; ++i) {
        idle.pass(0s);
        other.pass(0s);
    }
    CHECK(other.drawn().substr(0, 4) == "0101");
    CHECK(idle.drawn().substr(0, 5) == "====x");
    CHECK(budget.peak() == budget.capacity());
}

TEST_CASE("delivered parts are taken back too, and come again when the reader moves") {
    byte_budget budget(4 * cell);
    picture::options how;
    how.budget = &budget;
    picture idle(how);
    for (int i = 0; i < 4; ++i)
        idle.got(i);
    CHECK(idle.drawn() == "====........");
    picture other(how);
    for (int i = 0; i < 4; ++i) {
        idle.pass(0s);
        other.pass(0s);
    }
    CHECK(idle.drawn() == "==xx........");
    CHECK(other.drawn() == "01..........");
    other.machine.reset();
    CHECK(idle.pass(0s) == "==01........");
    CHECK(idle.read_to(1) == "-=010.......");
    CHECK(budget.peak() == 4 * cell);
}

TEST_CASE("fair parts go by weight, among those that hold or want something") {
    byte_budget budget(100 * cell);
    nobody driver;
    byte_budget::share a(budget, driver, 40);
    byte_budget::share b(budget, driver, 10);
    const byte_budget::share idle(budget, driver, 100);
    CHECK(a.take(100 * cell));
    CHECK_FALSE(b.take(20 * cell));
    CHECK(a.fair() == 80 * cell);
    CHECK(b.fair() == 20 * cell);
    CHECK(a.asked_back() == 20 * cell);
    a.give(20 * cell);
    CHECK(b.take(20 * cell));
    CHECK_FALSE(b.take(cell));  // above its part
    CHECK(a.asked_back() == 0);
}

TEST_CASE("a capacity near the largest number is shared by weight without overflow") {
    byte_budget budget(std::numeric_limits<std::int64_t>::max());
    nobody driver;
    byte_budget::share a(budget, driver, 100);
    byte_budget::share b(budget, driver, 100);
    CHECK(a.take(cell));
    CHECK(b.take(cell));
    CHECK(a.fair() == std::numeric_limits<std::int64_t>::max() / 2);
    CHECK(a.take(std::numeric_limits<std::int64_t>::max() / 4));
    CHECK_FALSE(a.take(std::numeric_limits<std::int64_t>::max()));
}

TEST_CASE("a share at rest counts for nothing and gives back what others need") {
    byte_budget budget(8 * cell);
    nobody paused_driver;
    nobody driver;
    byte_budget::share paused(budget, paused_driver);
    byte_budget::share other(budget, driver);
    CHECK(paused.take(6 * cell));
    paused.rest(true);
    CHECK(paused.asked_back() == 0);  // nobody needs it
    CHECK(other.take(2 * cell));
    CHECK(other.fair() == 8 * cell);
    CHECK_FALSE(other.take(cell));
    CHECK(paused_driver.wakes > 0);
    CHECK(paused.asked_back() == cell);
    paused.give(cell);
    CHECK(other.take(cell));
    paused.rest(false);
    CHECK(other.fair() == 4 * cell);
}

namespace {

class borrowing_cache final : public byte_budget::borrower {
  public:
    explicit borrowing_cache(byte_budget& of) : budget(of) {}
    bool add(std::int64_t count) {
        if (!budget.borrow(*this, count)) return false;
        held += count;
        return true;
    }
    void let_go(std::int64_t count) noexcept override {
        const std::int64_t gone = std::min(held, count);
        held -= gone;
        budget.repay(gone);
    }

    byte_budget& budget;
    std::int64_t held = 0;
};

}  // namespace

TEST_CASE("room that nobody needs is lent, and is back as soon as a share takes it") {
    byte_budget budget(8 * cell);
    nobody driver;
    borrowing_cache cache(budget);
    byte_budget::share a(budget, driver);
    CHECK(a.take(5 * cell));
    CHECK_FALSE(cache.add(4 * cell));
    CHECK(cache.add(3 * cell));
    CHECK(a.take(2 * cell));
    CHECK(cache.held == cell);
    CHECK(budget.lent() == cell);
    CHECK(a.take(cell));
    CHECK(cache.held == 0);
    CHECK(budget.peak() == 8 * cell);
    CHECK_FALSE(a.take(cell));
    a.give(4 * cell);
    CHECK_FALSE(cache.add(cell));  // somebody waits for room
    a.no_wish();
    CHECK(cache.add(cell));
}
