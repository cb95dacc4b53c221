// Lanes: accounts of one download, each with connections, a gate, a queue and a strategy of its own.
#include "schedule/lanes.hpp"

#include "picture.hpp"

#include <doctest/doctest.h>

#include <set>

using namespace schedule_test;

namespace {

/// A download of two lanes, of two connections each, whose parts are one cell.
class two_lanes final : public wakeable {
  public:
    explicit two_lanes(int room = 100) : machine(settings(room), sliding(), budget, *this) {
        machine.start(now);
        perform();
        CHECK(machine.add_lane(now, sliding(), 2) == 1);
        perform();
    }
    static std::unique_ptr<window::strategy> sliding() {
        return window::sliding(2, 2, static_cast<std::int32_t>(cell));
    }
    static range_settings settings(int room) {
        range_settings made;
        made.file_size = made.end = 40 * cell;
        made.read_ahead = room * cell;
        made.first_part = static_cast<std::int32_t>(cell);
        made.connections = 2;
        return made;
    }
    flood_gate& gate(int lane) { return lane == 0 ? first : second; }
    void perform() {
        for (std::vector<action> all = machine.take_actions(); !all.empty(); all = machine.take_actions())
            for (const action& one : all) {
                if (const auto* asked = std::get_if<request_part>(&one)) under_way[asked->id] = *asked;
                if (const auto* dropped = std::get_if<drop_part>(&one)) under_way.erase(dropped->id);
                if (const auto* opened = std::get_if<open_connection>(&one))
                    machine.connection_up(now, opened->connection, gate(lane_of(opened->connection)));
                failed |= std::holds_alternative<give_up>(one);
            }
    }
    /// Requests that are under way in a lane.
    int in_lane(int lane) const {
        return static_cast<int>(std::count_if(under_way.begin(), under_way.end(), [&](const auto& one) {
            return lane_of(one.second.connection) == lane;
        }));
    }
    ticket one_of(int lane) const {
        for (const auto& [id, part] : under_way)
            if (lane_of(part.connection) == lane) return id;
        throw std::logic_error("nothing is under way there");
    }
    void answer(ticket id) {
        under_way.erase(id);
        machine.part_received(now, id);
        perform();
    }
    std::set<std::int64_t> offsets() const {
        std::set<std::int64_t> made;
        for (const auto& [id, part] : under_way)
            made.insert(part.offset / cell);
        return made;
    }
    void wake() noexcept override {}

    time_point now{1h};
    byte_budget budget{1 << 30};
    flood_gate first;
    flood_gate second;
    std::map<ticket, request_part> under_way;
    bool failed = false;
    scheduler machine;
};

}  // namespace

TEST_CASE("parts go over the connections of all lanes, each with its own numbers") {
    two_lanes d;
    CHECK(d.in_lane(0) == 4);
    CHECK(d.in_lane(1) == 4);
    std::set<int> connections;
    for (const auto& [id, part] : d.under_way)
        connections.insert(part.connection);
    CHECK(connections == std::set<int>{0, 1, first_of_lane(1), first_of_lane(1) + 1});
    CHECK(number_in_lane(first_of_lane(1) + 1) == 1);
}

TEST_CASE("a flood wait holds its own lane alone") {
    two_lanes d;
    const ticket refused = d.one_of(1);
    d.under_way.erase(refused);
    d.machine.flooded(d.now, refused, 60s);
    d.perform();
    CHECK(d.in_lane(1) == 3);
    // What was refused goes over the other lane, and that goes on.
    d.answer(d.one_of(0));
    CHECK(d.in_lane(0) == 4);
    d.answer(d.one_of(1));
    CHECK(d.in_lane(1) == 2);
    CHECK(d.second.recovering());
    CHECK_FALSE(d.first.recovering());
}

TEST_CASE("a lane that is removed is asked nothing more, and its parts go over others") {
    two_lanes d;
    const std::set<std::int64_t> before = d.offsets();
    CHECK(d.machine.remove_lane(d.now, 0));
    d.perform();
    CHECK(d.in_lane(0) == 0);
    CHECK(d.in_lane(1) == 4);
    std::set<std::int64_t> got;
    for (int i = 0; i < 40 && !d.under_way.empty(); ++i) {
        CHECK(d.in_lane(0) == 0);
        got.insert(d.under_way.at(d.one_of(1)).offset / cell);
        d.answer(d.one_of(1));
    }
    CHECK(got.size() == 40);
    CHECK_FALSE(d.failed);
    CHECK(std::includes(got.begin(), got.end(), before.begin(), before.end()));
}

TEST_CASE("a download without a lane goes on with the next one; there are so many lanes and no more") {
    two_lanes d;
    CHECK(d.machine.remove_lane(d.now, 0));
    CHECK(d.machine.remove_lane(d.now, 1));
    CHECK_FALSE(d.machine.remove_lane(d.now, 1));
    d.perform();
    CHECK(d.under_way.empty());
    CHECK_FALSE(d.failed);
    CHECK(d.machine.add_lane(d.now, two_lanes::sliding(), 2) == 0);
    d.perform();
    CHECK(d.in_lane(0) == 4);
    for (int lane = 1; lane < most_lanes; ++lane)
        CHECK(d.machine.add_lane(d.now, two_lanes::sliding(), 2) == lane);
    CHECK(d.machine.add_lane(d.now, two_lanes::sliding(), 2) == -1);
}

TEST_CASE("parts of a lane that is silent go over one that stands idle") {
    two_lanes d(8);  // no room for more than the first lane has under way
    CHECK(d.in_lane(0) == 4);
    CHECK(d.in_lane(1) == 4);
    while (d.in_lane(1) > 0)
        d.answer(d.one_of(1));
    CHECK(d.in_lane(0) == 4);
    for (int i = 0; i < 5; ++i) {
        d.now += 1s;
        d.machine.tick(d.now);
        d.perform();
    }
    CHECK(d.in_lane(0) == 0);
    CHECK(d.in_lane(1) == 4);
}

TEST_CASE("a lane on hold is asked nothing while others go on") {
    two_lanes d;
    d.machine.hold(d.now, 1);
    for (int i = 0; i < 4; ++i)
        d.answer(d.one_of(1));
    CHECK(d.in_lane(1) == 0);
    CHECK(d.in_lane(0) == 4);
    d.machine.release(d.now, 1);
    d.perform();
    CHECK(d.in_lane(1) == 4);
}

TEST_CASE("floods of all lanes excuse a download until the first of them ends") {
    two_lanes d;
    for (const int lane : {0, 1}) {
        const ticket id = d.one_of(lane);
        d.under_way.erase(id);
        d.machine.flooded(d.now, id, lane == 0 ? 300s : 400s);
    }
    d.perform();
    while (!d.under_way.empty()) {
        const auto [id, part] = *d.under_way.begin();
        d.under_way.erase(id);
        d.machine.flooded(d.now, id, 300s);
        d.perform();
    }
    for (int i = 0; i < 299; ++i) {
        d.now += 1s;
        d.machine.tick(d.now);
        d.perform();
        CHECK(d.under_way.empty());
    }
    d.now += 1s;
    d.machine.tick(d.now);
    d.perform();
    CHECK(d.in_lane(0) == 1);  // the probe
    CHECK(d.in_lane(1) == 0);
    CHECK_FALSE(d.failed);
}

TEST_CASE("a strategy is told of its own connections by its own numbers, and goes with its lane") {
    struct told final : window::strategy {
        int connections() const override { return 2; }
        int in_flight(int) const override { return 1; }
        std::int32_t part_size() const override { return cell; }
        void on_asked(const window::pending_part& what, time_point) override {
            asked.insert(what.connection);
        }
        void on_part(const window::part_report& what, time_point) override { came.insert(what.connection); }
        void on_connection_up(int connection, time_point) override { up.insert(connection); }
        void on_connection_lost(int connection, time_point) override { up.erase(connection); }
        std::set<int> asked;
        std::set<int> came;
        std::set<int> up;
    };
    two_lanes d;
    auto own = std::make_unique<told>();
    told& one = *own;
    CHECK(d.machine.add_lane(d.now, std::move(own), 2) == 2);
    d.perform();
    CHECK(one.up == std::set<int>{0, 1});
    CHECK(one.asked == std::set<int>{0, 1});
    d.answer(d.one_of(2));
    CHECK(one.came.size() == 1);
    CHECK(*one.came.begin() < 2);
    const std::unique_ptr<window::strategy> back = d.machine.remove_lane(d.now, 2);
    CHECK(back.get() == &one);
    CHECK(one.up.empty());
}
