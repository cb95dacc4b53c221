// Requests that end themselves, and what they passed.
#include "schedule/request_table.hpp"

#include "picture.hpp"

#include <doctest/doctest.h>

using namespace schedule_test;

namespace {

constexpr std::int32_t size = static_cast<std::int32_t>(cell);

class stage {
  public:
    stage() {
        gate.watch(driver);
        gate.flooded(now, 1s, now, 0);
        now += 1s;  // the next request is a probe
    }

    ticket send(int number = 0, std::optional<byte_budget::room> room = std::nullopt) {
        request made;
        made.pending.connection = number;
        made.pending.size = size;
        made.place = connection_table::place(connections[number], size, now);
        made.permission = permit(gate, driver, size, now);
        made.permission.count_in(flow, number);
        made.hedge = room.has_value();
        if (room) made.room = std::move(*room);
        return requests->add(std::move(made));
    }

    time_point now{1h};
    nobody driver;
    flood_gate gate;
    fair_queue queue;
    fair_queue::flow flow{queue, driver, usual_weight, {1, 0}};
    byte_budget budget{1 << 20};
    byte_budget::share share{budget, driver};
    connection_table connections{range_settings()};
    std::optional<request_table> requests{std::in_place};
};

}  // namespace

TEST_CASE("a request holds its place on the connection and in the queue, and the gate's probe") {
    stage on;
    const ticket id = on.send();
    CHECK(on.gate.probing());
    CHECK(on.queue.in_flight(1) == cell);  // its own number 0
    CHECK(on.connections[0].in_flight == 1);
    CHECK(on.connections[0].bytes_in_flight == cell);
    CHECK(on.requests->bytes() == cell);
    CHECK(on.requests->at(id).pending.size == cell);
}

TEST_CASE("an answered probe opens the gate, and all is given back") {
    stage on;
    const ticket id = on.send();
    on.now += 100ms;
    CHECK(on.requests->answered(id, on.now, true)->pending.size == cell);
    CHECK_FALSE(on.gate.recovering());
    CHECK(on.queue.in_flight(1) == 0);
    CHECK(on.connections[0].in_flight == 0);
    CHECK(on.requests->empty());
    CHECK(on.requests->bytes() == 0);
    CHECK_FALSE(on.requests->answered(id, on.now, true));  // it is over
}

TEST_CASE("a refused probe waits anew, and leaves its place to another") {
    stage on;
    on.requests->refused(on.send(), on.now, 5s);
    CHECK(on.gate.recovering());
    CHECK_FALSE(on.gate.probing());
    CHECK(on.gate.not_before() == on.now + 5s);
    CHECK(on.queue.in_flight(1) == 0);
}

TEST_CASE("a dropped probe leaves its place to another, also when the whole table goes") {
    stage on;
    on.requests->drop(on.send());
    CHECK_FALSE(on.gate.probing());
    CHECK(on.gate.open(on.now));
    on.send();
    on.send(1);
    CHECK(on.gate.probing());
    on.requests.reset();
    CHECK_FALSE(on.gate.probing());
    CHECK(on.queue.in_flight(0) + on.queue.in_flight(1) == 0);
    CHECK(on.connections[0].bytes_in_flight + on.connections[1].bytes_in_flight == 0);
}

TEST_CASE("a hedge holds room for another answer until it ends or is promoted") {
    stage on;
    const ticket first = on.send(0, on.share.take_room(cell));
    CHECK(on.share.held() == cell);
    on.requests->drop(first);
    CHECK(on.share.held() == 0);

    const ticket second = on.send(0, on.share.take_room(cell));
    {
        const byte_budget::room room = on.requests->promote(second);
        CHECK_FALSE(on.requests->at(second).hedge);
        CHECK(on.share.held() == cell);
    }
    CHECK(on.share.held() == 0);
    on.requests->drop(second);
    CHECK(on.share.held() == 0);
}

TEST_CASE("the requests over one connection, the oldest first") {
    stage on;
    const ticket a = on.send(0);
    on.send(1);
    const ticket c = on.send(0);
    CHECK(on.requests->over(0) == std::vector<ticket>{a, c});
    CHECK(on.requests->any([](const sent_request& one) { return one.pending.connection == 1; }));
    CHECK_FALSE(on.requests->any([](const sent_request& one) { return one.pending.connection == 2; }));
    CHECK(on.requests->find(c + 1) == nullptr);
}

TEST_CASE("a permit that was moved from ends nothing") {
    stage on;
    permit one(on.gate, on.driver, size, on.now);
    {
        permit other(std::move(one));
        CHECK(on.gate.probing());
        one = std::move(other);
    }
    CHECK(on.gate.probing());
    one = permit();
    CHECK_FALSE(on.gate.probing());
}
