// What strategies decide, as pictures, and what a scheduler makes of nonsense.
#include "picture.hpp"

#include <doctest/doctest.h>

#include <limits>

using namespace schedule_test;

namespace {

/// Asks for parts in batches, and for the next one when all of the last is here.
class barrier final : public window::strategy {
  public:
    int connections() const override { return 2; }
    int in_flight(int) const override { return 4; }
    std::int32_t part_size() const override { return cell; }
    bool may_ask(const window::outlook& now) const override { return asked_ < 4 || now.parts_under_way == 0; }
    void on_asked(const window::pending_part&, time_point) override { asked_ = asked_ % 4 + 1; }

  private:
    int asked_ = 0;
};

/// Part n goes over connection n % 3.
class interleave final : public window::strategy {
  public:
    int connections() const override { return 3; }
    int in_flight(int) const override { return 2; }
    std::int32_t part_size() const override { return cell; }
    int connection_for(std::int64_t offset) const override { return static_cast<int>(offset / cell % 3); }
};

/// Says the same number to everything, and never lets a part be asked for.
class nonsense final : public window::strategy {
  public:
    explicit nonsense(int number) : number_(number) {}

    int connections() const override { return number_; }
    int in_flight(int) const override { return number_; }
    std::int32_t part_size() const override { return number_; }
    bool may_ask(const window::outlook&) const override { return false; }
    int connection_for(std::int64_t) const override { return number_; }
    std::optional<duration> late_after(const window::pending_part&) const override {
        return duration(number_);
    }
    int watched() const override { return number_; }

  private:
    int number_;
};

picture::options with(std::function<std::unique_ptr<window::strategy>()> strategy) {
    picture::options made;
    made.strategy = std::move(strategy);
    return made;
}

}  // namespace

TEST_CASE("sequential: one part at a time") {
    picture p(with([] { return window::sequential(cell); }));
    CHECK(p.drawn() == "0...........");
    CHECK(p.got(0) == "=0..........");
}

TEST_CASE("fixed: so many parts in all, spread over connections") {
    picture p(with([] { return window::fixed(3, cell); }));
    CHECK(p.drawn() == "012.........");
    CHECK(p.got(1) == "0#21........");
    CHECK(p.got(0) == "==210.......");
}

TEST_CASE("a batch barrier: nothing is asked for until the whole batch is here") {
    picture p(with([] { return std::make_unique<barrier>(); }));
    CHECK(p.drawn() == "0101........");
    p.got(0);
    p.got(3);
    CHECK(p.got(1) == "==0#........");
    CHECK(p.got(2) == "====0101....");
}

TEST_CASE("a static interleave: a part waits for its own connection, though others have room") {
    picture p(with([] { return std::make_unique<interleave>(); }));
    CHECK(p.drawn() == "012012......");
    CHECK(p.got(1) == "0#2012......");  // 6 must go over 0
    CHECK(p.got(4) == "0#20#2......");
    CHECK(p.got(0) == "==20#201....");
}

TEST_CASE("a static interleave with fewer parts than connections goes over those that are open") {
    picture::options how = with([] { return std::make_unique<interleave>(); });
    how.cells = 5;
    how.begin = 4 * cell;
    picture p(how);  // one part, for which one connection is opened, and not number 1
    CHECK(p.drawn() == "    0");
}

TEST_CASE("a static interleave waits for a connection that is lost until it is there again") {
    picture p(with([] { return std::make_unique<interleave>(); }));
    p.comes_up(false);
    p.lost(0, 2s);
    CHECK(p.drawn() == "x12x12......");
    p.got(1);
    CHECK(p.drawn() == "1#2x12......");  // what it had moves to where there is room
    p.got(2);
    p.got(4);
    CHECK(p.got(5) == "1##2##......");
    CHECK(p.up(0) == "1##2##......");
    p.pass(2s);
    CHECK(p.up(0) == "1##2##012...");  // 10 must go over 1
}

TEST_CASE("a stream with nothing under way asks, whatever its strategy says") {
    picture p(with([] { return std::make_unique<nonsense>(1); }));
    CHECK(p.drawn() == "0...........");
}

TEST_CASE("strategies that return nonsense still bring the file") {
    constexpr std::int64_t size = 3 * cell + 5;
    for (const int number :
         {0, -1, 1, 1 << 30, std::numeric_limits<int>::max(), std::numeric_limits<int>::min()}) {
        CAPTURE(number);
        struct driver final : wakeable {
            void wake() noexcept override {}
        } nobody;
        byte_budget budget(1 << 20);
        flood_gate gate;
        range_settings how;
        how.file_size = how.end = size;
        how.read_ahead = 1 << 20;
        scheduler machine(how, std::make_unique<nonsense>(number), budget, nobody);
        time_point now{1h};
        std::int64_t delivered = 0;
        machine.start(now);
        for (int round = 0; round < 1000 && delivered < size; ++round) {
            now += 1ms;
            for (const action& one : machine.take_actions()) {
                if (const auto* open = std::get_if<open_connection>(&one))
                    machine.connection_up(now, open->connection, gate);
                else if (const auto* asked = std::get_if<request_part>(&one))
                    machine.part_received(now, asked->id);
                else if (const auto* here = std::get_if<deliver_part>(&one))
                    delivered += here->length;
            }
        }
        CHECK(delivered == size);
        CHECK(machine.connections_up() <= most_connections);
    }
}

TEST_CASE("the first part of a range begins on the grid that is asked for") {
    struct driver final : wakeable {
        void wake() noexcept override {}
    } nobody;
    byte_budget budget(1 << 30);
    flood_gate gate;
    range_settings how;
    how.file_size = how.end = 10 << 20;
    how.begin = (3 << 20) + 200'000;
    how.read_ahead = 8 << 20;
    how.align = 128 * 1024;
    scheduler machine(how, window::sliding(1, 1), budget, nobody);
    const time_point now{1h};
    machine.start(now);
    machine.take_actions();
    machine.connection_up(now, 0, gate);
    const std::vector<action> first = machine.take_actions();
    REQUIRE(first.size() == 1);
    CHECK(std::get<request_part>(first[0]).offset == (3 << 20) + 128 * 1024);
    CHECK(std::get<request_part>(first[0]).limit == 128 * 1024);
    machine.seek(now, 5'000'001);
    const std::vector<action> second = machine.take_actions();
    REQUIRE(second.size() == 2);
    CHECK(std::get<request_part>(second[1]).offset == 5'000'001 / (128 * 1024) * (128 * 1024));
    CHECK(std::get<request_part>(second[1]).limit == 128 * 1024);
}

TEST_CASE("where windows are at their largest, adaptive asks for smaller parts: room is short") {
    // Eight parts come in a burst after `rtt`, again and again, at 60 MB/s.
    const auto part_size_at = [](duration rtt) {
        const auto strategy = window::adaptive();
        time_point now{1h};
        strategy->on_connection_up(0, now);
        for (int round = 0; round < 20; ++round) {
            now += rtt;
            for (int i = 1; i <= 8; ++i) {
                window::part_report report;
                report.size = 512 * 1024;
                report.in_flight = 8;
                report.bytes_in_flight = 8 * report.size;
                report.took = rtt;
                report.delivered =
                    static_cast<std::int64_t>(60e6 * std::chrono::duration<double>(rtt).count());
                strategy->on_part(report, now);
            }
        }
        return strategy->part_size();
    };
    CHECK(part_size_at(20ms) == 512 * 1024);
    CHECK(part_size_at(300ms) == 256 * 1024);
}
