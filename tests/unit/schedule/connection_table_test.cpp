// States of connections, and which one is chosen.
#include "schedule/connection_table.hpp"

#include "picture.hpp"

#include <doctest/doctest.h>

using namespace schedule_test;

namespace {

class table {
  public:
    explicit table(int up, const range_settings& how = {}) : all(how) {
        std::vector<action> actions;
        all.follow(up, up, now, actions);
        for (int c = 0; c < up; ++c)
            all.came_up(c, gate);
    }
    /// Of those that may carry a part, all have room unless `full` says so.
    int choose(const connection_wish& wish = {}, std::vector<int> full = {}) const {
        return choice(wish, full).connection;
    }
    connection_choice choice(const connection_wish& wish, const std::vector<int>& full) const {
        return all.choose(wish, now, [&](int c) {
            return std::find(full.begin(), full.end(), c) == full.end() ? refusal::none : refusal::turn;
        });
    }
    std::string follow(int target, std::int64_t useful) {
        std::vector<action> actions;
        all.follow(target, useful, now, actions);
        std::string made;
        for (const action& one : actions)
            if (const auto* opened = std::get_if<open_connection>(&one))
                made += "+" + std::to_string(opened->connection) + " ";
            else if (const auto* closed = std::get_if<close_connection>(&one))
                made += "-" + std::to_string(closed->connection) + " ";
        return made;
    }

    time_point now{1h};
    flood_gate gate;
    connection_table all;
};

}  // namespace

TEST_CASE(
    "the connection is chosen that would bring a part soonest; among equals the least busy, then the first") {
    table t(3);
    CHECK(t.choose() == 0);
    const connection_table::place busy(t.all[0], 1, t.now);
    CHECK(t.choose() == 1);
    t.all[0].usual = 1ms;
    t.all[1].usual = 10ms;
    t.all[2].usual = 3ms;
    CHECK(t.choose() == 0);  // 2 ms
    const connection_table::place more(t.all[0], 1, t.now);
    CHECK(t.choose() == 2);  // both 3 ms
    CHECK(t.choose({.exclude = 2}) == 0);
    CHECK(t.choose({}, {0, 2}) == 1);
}

TEST_CASE("a choice tells why nothing was found, and whether there is anything to wait for") {
    table t(2);
    const connection_choice refused = t.choice({}, {0, 1});
    CHECK_FALSE(refused.found());
    CHECK(refused.why == refusal::turn);
    CHECK(refused.candidates == 2);
    CHECK(t.choice({.exclude = 0}, {}).candidates == 1);
    CHECK(table(0).choice({}, {}).candidates == 0);
}

TEST_CASE("parts that moved go to connections that deliver, if any besides the excluded one does") {
    table t(3);
    CHECK(t.choose({.delivering = true}) == 0);
    t.all.delivered(2, 1, cell, 1s, t.now);
    CHECK(t.choose({.delivering = true}) == 2);
    CHECK(t.choose({.exclude = 2, .delivering = true}) == 0);
    t.now += 1min;
    CHECK(t.choose({.delivering = true}) == 0);  // that was long ago
}

TEST_CASE("hedges go to none that has lost a race since it brought anything") {
    table t(2);
    t.all[0].lost_races = 1;
    CHECK(t.choose({.unbeaten = true}) == 1);
    t.all[0].note_activity(t.now);
    CHECK(t.choose({.unbeaten = true}) == 0);
}

TEST_CASE(
    "connections are opened as far as they are useful, and those beyond the target leave when they are "
    "done") {
    table t(0);
    CHECK(t.follow(4, 3) == "+0 +1 +2 ");
    for (int c = 0; c < 3; ++c)
        CHECK(t.all.came_up(c, t.gate));
    CHECK(t.follow(4, 3).empty());
    {
        const connection_table::place busy(t.all[2], 1, t.now);
        CHECK(t.follow(1, 1) == "-1 ");
        CHECK(t.all[2].state == connection_state::leaving);
        CHECK(t.choose({.exclude = 0}) == -1);
        CHECK(t.all.up() == 2);
        CHECK_FALSE(t.all.came_up(2, t.gate));
        CHECK(t.follow(2, 2).empty());  // it stays after all
        CHECK(t.all[2].state == connection_state::up);
        t.follow(1, 1);
    }
    CHECK(t.follow(1, 1) == "-2 ");
}

TEST_CASE("one that is lost keeps its number, waits, and is given up after six losses in a row") {
    table t(1);
    for (int i = 1; i <= 6; ++i) {
        CHECK(t.all.any_left());
        t.all.was_lost(0, t.now + 1s);
        CHECK(t.follow(1, 1).empty());
        t.now += 1s;
        CHECK(t.follow(1, 1) == (i < 6 ? "+0 " : ""));
    }
    CHECK_FALSE(t.all.any_left());
    t.all.forgive();
    CHECK(t.follow(1, 1) == "+0 ");
}

TEST_CASE(
    "silence is as long as the settings say, three of the slowest parts, and twice as long after each false "
    "alarm") {
    table t(2);
    CHECK_FALSE(t.all.silent_at(0));  // nothing is due
    const connection_table::place due(t.all[0], 1, t.now);
    CHECK(t.all.silent_at(0) == t.now + 5s);
    t.all[1].usual = 4s;
    CHECK(t.all.silent_at(0) == t.now + 12s);
    t.all.check(0, t.now);
    CHECK_FALSE(t.all.silent_at(0));
    CHECK_FALSE(t.all[0].is_up());
    CHECK(t.all.came_up(0, t.gate));
    CHECK(t.all.silent_at(0) == t.now + 24s);
    t.gate.flooded(t.now, 60s, t.now, 0);
    CHECK(t.all.silent_at(0) == t.now + 84s);
}

TEST_CASE("others are active when they brought something later") {
    table t(2);
    t.all[0].note_activity(t.now);
    CHECK_FALSE(t.all.active_since(0));
    t.all.delivered(1, 1, cell, 1s, t.now + 1ms);
    CHECK(t.all.active_since(0));
    CHECK_FALSE(t.all.active_since(1));
}
