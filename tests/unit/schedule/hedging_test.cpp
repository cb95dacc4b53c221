// The account of hedges.
#include "schedule/hedging.hpp"

#include "picture.hpp"

#include <doctest/doctest.h>

using namespace schedule_test;

namespace {

class late_after_a_second final : public window::strategy {
  public:
    int connections() const override { return 1; }
    int in_flight(int) const override { return 1; }
    std::int32_t part_size() const override { return cell; }
    std::optional<duration> late_after(const window::pending_part&) const override { return late; }
    int watched() const override { return watch; }

    std::optional<duration> late = 1s;
    int watch = 2;
};

part_list parts_of(int count, std::int64_t end) {
    part_list made(0, end, smallest_part);
    for (int i = 0; i < count; ++i)
        made.append(part_at(made.next(), end, end, static_cast<std::int32_t>(cell)), {});
    return made;
}

}  // namespace

TEST_CASE("a request is late when the strategy says so, and never in the breath that sent it") {
    late_after_a_second strategy;
    const hedging hedges(strategy);
    sent_request one;
    one.sent = time_point{1h};
    CHECK(hedges.late_at(one) == one.sent + 1s);
    strategy.late = 0s;
    CHECK(hedges.late_at(one) == one.sent + 1ms);
    strategy.late.reset();
    CHECK_FALSE(hedges.late_at(one));
}

TEST_CASE("as many parts are watched as the strategy wants, from the first undelivered one") {
    late_after_a_second strategy;
    const hedging hedges(strategy);
    part_list parts = parts_of(3, 10 * cell);
    CHECK(hedges.watched_end(parts) == 2);
    parts.receive(parts[0], 1);
    parts.deliver_next();
    CHECK(hedges.watched_end(parts) == 3);
    strategy.watch = 100;
    CHECK(hedges.watched_end(parts) == 3);
    strategy.watch = -1;
    CHECK(hedges.watched_end(parts) == 1);
}

TEST_CASE(
    "2 % of what came and of the next 200 MiB may be hedged; half of it while the reader has enough before "
    "it") {
    const late_after_a_second strategy;
    hedging hedges(strategy);
    const std::int64_t end = std::int64_t{1} << 40;
    part_list parts = parts_of(4, end);
    const std::int64_t ahead = 200 << 20;
    CHECK(hedges.allowance(parts, 4 * cell) == ahead / 50);
    hedges.received(1000 * cell);
    CHECK(hedges.allowance(parts, 4 * cell) == (ahead + 1000 * cell) / 50);
    for (std::size_t i = 0; i < 3; ++i) {
        parts.receive(parts[i], i + 1);
        parts.deliver_next();
    }
    CHECK(hedges.allowance(parts, 4 * cell) == (ahead + 1000 * cell) / 100);
    CHECK(parts_of(2, 2 * cell).rest() == 0);  // all that is to come is asked for
    CHECK(hedging(strategy).allowance(parts_of(2, 2 * cell), 0) == 0);
}

TEST_CASE("a request that was dropped before its answer began to come costs a quarter") {
    const late_after_a_second strategy;
    hedging hedges(strategy);
    sent_request dropped;
    dropped.pending.size = 1000;
    connection over;
    hedges.spend(1000);
    over.newest = 4;
    hedges.refund(5, dropped, over);
    CHECK(hedges.spent() == 1000);
    over.newest = 6;
    hedges.refund(5, dropped, over);
    CHECK(hedges.spent() == 250);
}

TEST_CASE("room is kept for hedges only where parts may be late") {
    late_after_a_second strategy;
    const hedging hedges(strategy);
    CHECK(hedges.spare(1000, 64 * 5000) == 2000);
    CHECK(hedges.spare(1000, 64 * 500) == 500);
    strategy.late.reset();
    CHECK(hedges.spare(1000, 64 * 5000) == 0);
}
