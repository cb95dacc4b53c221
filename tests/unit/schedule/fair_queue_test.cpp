// Turns on connections that several downloads share.
#include "schedule/fair_queue.hpp"

#include <doctest/doctest.h>

#include <deque>
#include <memory>
#include <numeric>
#include <utility>
#include <vector>

using namespace mtproto;
using namespace mtproto::schedule;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;

/// Asks for as much as it may have in flight, whenever it is told that its turn may have come.
class queued_download final : public wakeable {
  public:
    queued_download(fair_queue& of, int weight, int parts, std::int64_t part, int connections = 1)
        : part(part), flow_(of, *this, weight, all(connections)), connections_(connections), parts_(parts) {}

    void wake() noexcept override { woken_ = true; }
    bool woken() noexcept { return std::exchange(woken_, false); }
    /// What goes now.
    std::vector<fair_queue::grant> ask(time_point now) {
        std::vector<fair_queue::grant> gone;
        for (int connection = 0; connection < connections_; ++connection)
            while (in_flight_ < parts_ && flow_.may_go(connection, part)) {
                gone.push_back(flow_.go(connection, part, now));
                ++in_flight_;
            }
        flow_.settle();
        return gone;
    }
    void end(const fair_queue::grant& which, time_point now) {
        --in_flight_;
        flow_.end(which, now, true);
    }
    /// May have so many in flight from now on.
    void limit(int parts) { parts_ = parts; }

    std::int64_t part;
    std::int64_t got = 0;

  private:
    static std::vector<int> all(int connections) {
        std::vector<int> made(static_cast<std::size_t>(connections));
        std::iota(made.begin(), made.end(), 0);
        return made;
    }

    fair_queue::flow flow_;
    int connections_;
    int parts_;
    int in_flight_ = 0;
    bool woken_ = false;
};

/// Downloads that have so many parts in flight at most, on one connection of 1 MiB/s with a round trip of 100
/// ms.
class shared_connection {
  public:
    queued_download& add(int weight, int parts, std::int64_t part = 256 * kib) {
        queued_download& made = all_.emplace_back(queue, weight, parts, part);
        send(made);
        return made;
    }
    void run(duration time) {
        const time_point end = now + time;
        while (!on_the_wire_.empty()) {
            const auto [of, granted] = on_the_wire_.front();
            const auto transfer = std::chrono::duration_cast<duration>(
                std::chrono::duration<double>(static_cast<double>(of->part) / static_cast<double>(mib)));
            const time_point done = std::max(free_, granted.began + 100ms) + transfer;
            if (done > end) break;
            now = free_ = done;
            on_the_wire_.pop_front();
            of->end(granted, now);
            of->got += of->part;
            send(*of);
            for (bool more = true; more;) {
                more = false;
                for (queued_download& one : all_)
                    if (one.woken()) {
                        send(one);
                        more = true;
                    }
            }
        }
        now = end;
    }

    fair_queue queue;
    time_point now{1h};

  private:
    void send(queued_download& of) {
        for (const fair_queue::grant& one : of.ask(now))
            on_the_wire_.emplace_back(&of, one);
    }

    std::deque<queued_download> all_;
    std::deque<std::pair<queued_download*, fair_queue::grant>> on_the_wire_;  ///< answered in this order
    time_point free_{};
};

}  // namespace

TEST_CASE("a download that is alone never waits for its turn") {
    fair_queue queue;
    queued_download alone(queue, 10, 40, mib);
    CHECK(alone.ask(time_point{}).size() == 40);
    CHECK(queue.in_flight(0) == 40 * mib);
}

TEST_CASE("two downloads get a half of the connection each, however many and large their requests are") {
    shared_connection connection;
    auto& a = connection.add(10, 16);
    auto& b = connection.add(10, 4, 128 * kib);
    connection.run(60s);
    const double share = static_cast<double>(a.got) / static_cast<double>(a.got + b.got);
    CHECK(share == doctest::Approx(0.5).epsilon(0.05));
    CHECK(a.got + b.got >= 58 * mib);
}

TEST_CASE("weights of 40 and 10 make four fifths and one") {
    shared_connection connection;
    auto& a = connection.add(40, 8);
    auto& b = connection.add(10, 8);
    connection.run(60s);
    const double share = static_cast<double>(a.got) / static_cast<double>(a.got + b.got);
    CHECK(share == doctest::Approx(0.8).epsilon(0.05));
}

TEST_CASE("a download that begins while others fill the connection has its first part soon") {
    shared_connection connection;
    for (int i = 0; i < 20; ++i)
        connection.add(10, 8);
    connection.run(30s);
    auto& late = connection.add(10, 1, 64 * kib);
    connection.run(1s);
    CHECK(late.got >= 64 * kib);  // and not after 20 x 2 MiB, 40 s
}

TEST_CASE("what is in flight while others wait keeps a long connection busy, and not much more") {
    // 1 MiB/s and 100 ms need 100 KiB, and the least that is allowed is more.
    shared_connection connection;
    connection.add(10, 8);
    connection.add(10, 8);
    connection.run(20s);
    CHECK(connection.queue.cap(0) <= 600 * kib);
    CHECK(connection.queue.in_flight(0) <= 600 * kib + 256 * kib);

    // 100 MiB/s and 50 ms need 5 MiB: it grows towards the most that is allowed.
    fair_queue fast;
    queued_download a(fast, 10, 32, 512 * kib);
    queued_download b(fast, 10, 32, 512 * kib);
    time_point now{1h};
    for (int round = 0; round < 12; ++round) {
        std::vector<std::pair<queued_download*, fair_queue::grant>> gone;
        for (queued_download* const one : {&a, &b, &a})  // a alone would ask for all, and b for nothing
            for (const fair_queue::grant& each : one->ask(now))
                gone.emplace_back(one, each);
        for (const auto& [of, each] : gone) {
            now += 5ms;
            of->end(each, now + 50ms);
        }
        now += 50ms;
    }
    CHECK(fast.cap(0) > 3 * mib);
}

TEST_CASE("who has had more for its weight waits, also when it asks first") {
    fair_queue queue;
    queued_download much(queue, 10, 1, 512 * kib);
    queued_download little(queue, 10, 1, 512 * kib);
    const time_point now{1h};
    const fair_queue::grant first = much.ask(now).at(0);
    CHECK(little.ask(now).empty());
    CHECK_FALSE(little.woken());
    much.end(first, now);
    CHECK(little.woken());
    CHECK(much.ask(now).empty());
    CHECK(little.ask(now).size() == 1);
    CHECK(queue.in_flight(0) == 512 * kib);
}

TEST_CASE("one that does not take its turn makes way for the next") {
    fair_queue queue;
    auto busy = std::make_unique<queued_download>(queue, 10, 1, mib);
    queued_download first(queue, 10, 1, 128 * kib);
    queued_download second(queue, 10, 1, 256 * kib);
    const time_point now{1h};
    busy->ask(now);
    CHECK(first.ask(now).empty());
    CHECK(second.ask(now).empty());
    busy.reset();  // what is in flight ends with it
    CHECK(queue.in_flight(0) == 0);
    CHECK(first.woken());
    CHECK_FALSE(second.woken());
    first.limit(0);
    CHECK(first.ask(now).empty());
    CHECK(second.woken());
    CHECK(second.ask(now).size() == 1);
}

TEST_CASE("one that is gone leaves the connection to the others, waiting or in flight") {
    fair_queue queue;
    auto busy = std::make_unique<queued_download>(queue, 10, 1, mib);
    auto first = std::make_unique<queued_download>(queue, 10, 1, 128 * kib);
    queued_download second(queue, 10, 1, 256 * kib);
    const time_point now{1h};
    busy->ask(now);
    first->ask(now);
    second.ask(now);
    busy.reset();
    CHECK(first->woken());
    first.reset();
    CHECK(second.woken());
    CHECK(second.ask(now).size() == 1);
}

TEST_CASE("one that is left alone waits no longer, on any connection") {
    fair_queue queue;
    queued_download other(queue, 10, 1, mib);
    queued_download left(queue, 10, 4, mib, 2);
    const time_point now{1h};
    const fair_queue::grant last = other.ask(now).at(0);
    CHECK(left.ask(now).size() == 1);  // on the other connection
    CHECK_FALSE(left.woken());
    other.end(last, now);
    CHECK(left.woken());
    CHECK(left.ask(now).size() == 3);
}

TEST_CASE("a download begins with the connections that are up and least busy") {
    fair_queue queue;
    queued_download nobody(queue, 10, 0, mib);
    fair_queue::flow busy(queue, nobody, 10, {1});
    queue.set_up(2, true);
    queue.set_up(1, true);
    busy.go(0, mib, time_point{});
    for (int i = 0; i < 4; ++i) {
        const std::vector<int> order = queue.order(4);
        CHECK(order[0] == 2);
        CHECK(order[1] == 1);
    }
    queue.set_up(2, false);
    CHECK(queue.order(4).front() == 1);
}

TEST_CASE("many downloads that begin at once begin with different connections") {
    fair_queue queue;
    std::vector<int> first;
    for (int i = 0; i < 6; ++i)
        first.push_back(queue.order(3).front());
    CHECK(first == std::vector<int>{0, 1, 2, 0, 1, 2});
}
