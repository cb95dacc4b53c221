// The order in which parts are asked for, and over which connections.
#include "schedule/dispatcher.hpp"

#include "picture.hpp"

#include <doctest/doctest.h>

using namespace schedule_test;

namespace {

class one_part_each final : public window::strategy {
  public:
    int connections() const override { return 3; }
    int in_flight(int) const override { return window; }
    std::int32_t part_size() const override { return cell; }
    std::optional<duration> late_after(const window::pending_part&) const override { return 1s; }
    int connection_for(std::int64_t) const override { return favourite; }

    int window = 1;
    int favourite = -1;
};

class tables {
  public:
    explicit tables(fair_queue::flow* flow = nullptr)
        : shared(range, strategy, budget, driver, flow, nullptr) {
        connections.follow(3, 3, now, actions);
        for (int c = 0; c < 3; ++c)
            connections.came_up(c, gate);
    }
    /// What is asked for: "offset@connection", in cells.
    std::string ask() {
        actions.clear();
        admission::round round(shared, now);
        awaits_turn = asker.ask(round);
        std::string made;
        for (const action& one : actions)
            if (const auto* request = std::get_if<request_part>(&one))
                made +=
                    std::to_string(request->offset / cell) + "@" + std::to_string(request->connection) + " ";
        return made;
    }
    void end(ticket id) {
        actions.clear();
        part& one = parts.at(requests.drop(id)->offset);
        if (!one.goes_on_without(id)) parts.want_again(one, now);
    }
    static range_settings six_cells() {
        range_settings made;
        made.file_size = made.end = 6 * cell;
        made.read_ahead = 1 << 30;
        made.first_part = static_cast<std::int32_t>(cell);
        return made;
    }

    time_point now{1h};
    nobody driver;
    byte_budget budget{1 << 30};
    flood_gate gate;
    one_part_each& strategy = *new one_part_each;
    lanes all{std::unique_ptr<window::strategy>(&strategy)};
    range_settings range = six_cells();
    admission shared;
    connection_table connections{range};
    part_list parts{0, range.end, range.align};
    request_table requests;
    hedging hedges{strategy};
    std::vector<action> actions;
    dispatcher asker{{range, all, shared, connections, parts, requests, hedges, actions}};
    bool awaits_turn = false;
};

}  // namespace

TEST_CASE("new parts go out in order as far as connections have room") {
    tables t;
    CHECK(t.ask() == "0@0 1@1 2@2 ");
    CHECK(t.ask().empty());
    CHECK_FALSE(t.awaits_turn);
    CHECK(t.asker.parts_to_come() == 6);
}

TEST_CASE("a part that is wanted again goes before a late one, and that before a new one") {
    tables t;
    t.ask();
    t.end(2);
    t.now += 1s;
    t.strategy.window = 2;
    const std::string asked = t.ask();
    CHECK(asked.substr(0, 4) == "1@1 ");
    CHECK(asked.substr(4, 2) == "0@");  // the hedge
    CHECK(asked.substr(8, 2) == "3@");
}

TEST_CASE("a part avoids the connection that brought it wrong, unless there is no other") {
    tables t;
    t.ask();
    t.end(1);
    t.parts[0].avoid = 0;
    CHECK(t.ask() == "3@0 ");  // 0 is free for others
    t.end(3);
    CHECK(t.ask() == "0@2 ");
    t.end(5);
    for (const int c : {1, 2})
        t.connections.was_lost(c, t.now + 1h);
    CHECK(t.ask().empty());  // 0 is busy
    t.end(4);
    CHECK(t.ask() == "0@0 ");
}

TEST_CASE("... also a part that has moved, when the connection to avoid is the only one that delivers") {
    tables t;
    t.ask();
    t.connections.delivered(0, 1, cell, 1s, t.now);
    t.end(2);
    t.end(3);
    t.parts[1].moved = true;
    t.parts[1].avoid = 0;
    CHECK(t.ask().substr(0, 4) == "1@1 ");
}

TEST_CASE("parts of a connection that is taken from are wanted again, in their order") {
    tables t;
    t.strategy.window = 2;
    CHECK(t.ask() == "0@0 1@1 2@2 3@0 4@1 5@2 ");
    t.actions.clear();
    const std::vector<part*> left = t.asker.take_from(t.now, 0);
    REQUIRE(left.size() == 2);
    CHECK(left[0]->range.offset == 0);
    CHECK(left[1]->range.offset == 3 * cell);
    CHECK(left[1]->moved);
    CHECK(t.actions.size() == 2);
    CHECK(t.parts.wanted() == 2);
    CHECK(t.requests.over(0).empty());
}

TEST_CASE("a strategy's favourite connection is waited for, unless it is closed for good") {
    tables t;
    t.strategy.favourite = 1;
    CHECK(t.ask() == "0@1 ");
    t.connections.was_lost(1, t.now + 1s);
    CHECK(t.ask().empty());
    for (int i = 0; i < 5; ++i)
        t.connections.was_lost(1, t.now + 1s);
    CHECK(t.ask() == "1@0 2@2 ");
}

TEST_CASE("a part that waits for its turn is told, and holds room for itself alone") {
    fair_queue queue;
    nobody driver;
    fair_queue::flow busy(queue, driver, usual_weight, {0, 1, 2});
    for (int c = 0; c < 3; ++c)
        busy.go(c, queue.cap(c), {});
    fair_queue::flow flow(queue, driver, usual_weight, {0, 1, 2});
    tables t(&flow);
    CHECK(t.ask().empty());
    CHECK(t.awaits_turn);
    CHECK(t.shared.held() == cell);
}
