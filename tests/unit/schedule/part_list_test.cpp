// The parts of a range, without time or connections.
#include "schedule/part_list.hpp"

#include "picture.hpp"

#include <doctest/doctest.h>

using namespace schedule_test;

namespace {

class list {
  public:
    explicit list(std::int64_t end, std::int64_t begin = 0) : parts(begin, end, smallest_part), end_(end) {}

    part& add() {
        return parts.append(part_at(parts.next(), end_, end_, static_cast<std::int32_t>(cell)),
                            share_.take_room(cell).value());
    }
    void receive(std::size_t index) {
        parts.send(parts[index], index + 1);
        parts.receive(parts[index], index + 1);
    }
    std::int64_t held() const { return share_.held(); }

  private:
    byte_budget budget_{1 << 30};
    nobody driver_;
    byte_budget::share share_{budget_, driver_};

  public:
    part_list parts;

  private:
    std::int64_t end_;
};

}  // namespace

TEST_CASE("parts follow each other to the end of the range, and are wanted until they are sent") {
    list all(3 * cell);
    CHECK_FALSE(all.parts.asked());
    CHECK(all.parts.rest() == 3 * cell);
    for (int i = 0; i < 3; ++i)
        CHECK(all.add().range.offset == i * cell);
    CHECK(all.parts.at_end());
    CHECK(all.parts.rest() == 0);
    CHECK(all.parts.wanted() == 3);
    all.parts.send(all.parts[1], 1);
    CHECK(all.parts.wanted() == 2);
    all.parts.send(all.parts[1], 2);  // in place of the first request
    CHECK(all.parts.wanted() == 2);
    all.parts.want_again(all.parts[1], {});
    CHECK(all.parts.wanted() == 3);
    CHECK(all.parts.at(cell).request == 0);
}

TEST_CASE("parts are delivered in order, each byte of the range once") {
    list all(3 * cell, 10);
    for (int i = 0; i < 3; ++i)
        all.add();
    all.receive(1);
    CHECK_FALSE(all.parts.deliver_next());
    all.receive(0);
    const deliver_part first = all.parts.deliver_next().value();
    CHECK(first.id == 1);
    CHECK(first.offset == 10);  // the part begins before the range
    CHECK(first.skip == 10);
    CHECK(first.length == cell - 10);
    CHECK(all.parts.deliver_next()->offset == cell);
    CHECK_FALSE(all.parts.deliver_next());
    CHECK(all.parts.delivered() == 2);
    CHECK(all.parts.begun());
}

TEST_CASE("room for a part is given back when the reader has gone past it") {
    list all(2 * cell);
    all.add();
    all.add();
    all.receive(0);
    all.parts.deliver_next();
    all.parts.advance(cell - 1);
    CHECK(all.held() == 2 * cell);
    all.parts.advance(2 * cell);  // the next one is not delivered, and stays
    CHECK(all.held() == cell);
    CHECK(all.parts.size() == 1);
}

TEST_CASE("the last part goes first when room is given back, and is made anew later") {
    list all(3 * cell);
    for (int i = 0; i < 3; ++i)
        all.add();
    for (int i = 0; i < 3; ++i)
        all.receive(static_cast<std::size_t>(i));
    while (all.parts.deliver_next()) {
    }
    all.parts.drop_last();
    CHECK(all.parts.next() == 2 * cell);
    CHECK(all.parts.delivered() == 2);
    CHECK(all.held() == 2 * cell);
}

TEST_CASE("a seek to a byte that is covered keeps what comes after it, elsewhere nothing") {
    list all(8 * cell);
    for (int i = 0; i < 4; ++i)
        all.add();
    all.receive(2);
    int dropped = 0;
    const auto drop = [&](const part&) { ++dropped; };
    CHECK(all.parts.covers(4 * cell - 1));
    CHECK_FALSE(all.parts.covers(4 * cell));
    all.parts.seek(2 * cell + 5, drop);
    CHECK(dropped == 2);
    CHECK(all.parts.wanted() == 1);
    CHECK(all.parts.deliver_next()->offset == 2 * cell + 5);
    all.parts.restart(6 * cell + 5, drop);
    CHECK(dropped == 4);
    CHECK(all.held() == 0);
    CHECK(all.parts.next() == 6 * cell);
    CHECK(all.parts.wanted() == 0);
    CHECK_FALSE(all.parts.begun());
}

TEST_CASE("at the end of a range there is no part, however it is aligned") {
    CHECK(list(5 * cell + 1, 5 * cell + 1).parts.at_end());
}

TEST_CASE("a part goes on with its other request, and losses of one outage count once") {
    part one;
    one.request = 1;
    CHECK_FALSE(one.goes_on_without(1));
    one.hedge = 2;
    CHECK(one.newest() == 2);
    CHECK(one.goes_on_without(1));
    CHECK(one.request == 2);
    CHECK(one.newest() == 2);
    const time_point now{1h};
    one.count_loss(now, 15s);
    one.count_loss(now + 14s, 15s);
    CHECK(one.losses == 1);
    one.count_loss(now + 15s, 15s);
    CHECK(one.losses == 2);
}
