// One budget, several streams.
#include "picture.hpp"

#include <doctest/doctest.h>

using namespace schedule_test;

namespace {

class nobody final : public wakeable {
  public:
    void wake() noexcept override { ++wakes; }
    int wakes = 0;
};

}  // namespace

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
    CHECK(b_driver.wakes == 1);
    CHECK(a.asked_back() == 0);
    CHECK_FALSE(a.take(cell));  // kept for b
    CHECK(b.take(cell));
    CHECK(budget.held() == 8 * cell);
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
    other.cancel();
    CHECK(idle.pass(0s) == "==01........");
    CHECK(idle.read_to(1) == "-=010.......");
    CHECK(budget.peak() == 4 * cell);
}
