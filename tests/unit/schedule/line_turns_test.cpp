// Turns on lines that several downloads share.
#include "schedule/line_turns.hpp"

#include <doctest/doctest.h>

#include <algorithm>
#include <deque>
#include <memory>

using namespace mtproto;
using namespace mtproto::schedule;
using namespace std::chrono_literals;

namespace {

constexpr std::int64_t kib = 1024;
constexpr std::int64_t mib = 1024 * kib;

class nobody final : public wakeable {
  public:
    void wake() noexcept override {}
};

/// Downloads that keep so many parts asked for each, on one line of 1 MiB/s with a round trip of 100 ms.
class shared_line {
  public:
    struct download {
        download(line_turns& of, int weight, std::int64_t part) : who(of, weight), part(part) {}
        line_turns::member who;
        std::int64_t part;
        std::int64_t got = 0;
        std::deque<std::unique_ptr<line_turns::turn>> asked;
    };

    download& add(int weight, int parts, std::int64_t part = 256 * kib) {
        download& made = all_.emplace_back(turns, weight, part);
        for (int i = 0; i < parts; ++i)
            ask(made);
        return made;
    }
    void run(duration time) {
        const time_point end = now + time;
        for (;;) {
            note_sent();
            if (on_the_wire_.empty()) return;
            const auto [of, turn, since] = on_the_wire_.front();
            const auto transfer = std::chrono::duration_cast<duration>(
                std::chrono::duration<double>(static_cast<double>(of->part) / static_cast<double>(mib)));
            const time_point done = std::max(free_, since + 100ms) + transfer;
            if (done > end) break;
            now = free_ = done;
            on_the_wire_.pop_front();
            turn->end(now, true);
            std::erase_if(of->asked, [&](const auto& one) { return one.get() == turn; });
            of->got += of->part;
            ask(*of);
        }
        now = end;
    }
    void stop(download& which) {
        std::erase_if(on_the_wire_, [&](const sent& one) { return one.of == &which; });
        which.asked.clear();
    }

    line_turns turns;
    time_point now{1h};

  private:
    struct sent {
        download* of;
        line_turns::turn* turn;
        time_point since;
    };

    void ask(download& of) {
        of.asked.push_back(std::make_unique<line_turns::turn>(of.who, 0, of.part, nobody_, now));
    }
    void note_sent() {
        for (download& one : all_)
            for (const auto& turn : one.asked) {
                const bool known = std::any_of(on_the_wire_.begin(), on_the_wire_.end(),
                                               [&](const sent& each) { return each.turn == turn.get(); });
                if (turn->come() && !known) on_the_wire_.push_back({&one, turn.get(), now});
            }
    }

    nobody nobody_;
    std::deque<download> all_;
    std::deque<sent> on_the_wire_;  ///< answered in this order
    time_point free_{};
};

}  // namespace

TEST_CASE("a download that is alone never waits for its turn") {
    line_turns turns;
    line_turns::member who(turns, 10);
    nobody here;
    std::deque<line_turns::turn> asked;
    for (int i = 0; i < 40; ++i)
        CHECK(asked.emplace_back(who, 0, mib, here, time_point{}).come());
    CHECK(turns.in_flight(0) == 40 * mib);
}

TEST_CASE("two downloads get a half of the line each, however many and large their requests are") {
    shared_line line;
    auto& a = line.add(10, 16);
    auto& b = line.add(10, 4, 128 * kib);
    line.run(60s);
    const double share = static_cast<double>(a.got) / static_cast<double>(a.got + b.got);
    CHECK(share == doctest::Approx(0.5).epsilon(0.05));
    CHECK(a.got + b.got >= 58 * mib);
}

TEST_CASE("weights of 40 and 10 make four fifths and one") {
    shared_line line;
    auto& a = line.add(40, 8);
    auto& b = line.add(10, 8);
    line.run(60s);
    const double share = static_cast<double>(a.got) / static_cast<double>(a.got + b.got);
    CHECK(share == doctest::Approx(0.8).epsilon(0.05));
}

TEST_CASE("a download that begins while others fill the line has its first part soon") {
    shared_line line;
    for (int i = 0; i < 20; ++i)
        line.add(10, 8);
    line.run(30s);
    auto& late = line.add(10, 1, 64 * kib);
    line.run(1s);
    CHECK(late.got >= 64 * kib);  // and not after 20 x 2 MiB, 40 s
}

TEST_CASE("what is in flight while others wait keeps a long line busy, and not much more") {
    // 1 MiB/s and 100 ms need 100 KiB, and the least that is allowed is more.
    shared_line line;
    line.add(10, 8);
    line.add(10, 8);
    line.run(20s);
    CHECK(line.turns.cap(0) <= 600 * kib);
    CHECK(line.turns.in_flight(0) <= 600 * kib + 256 * kib);

    // 100 MiB/s and 50 ms need 5 MiB: it grows towards the most that is allowed.
    line_turns fast;
    line_turns::member a(fast, 10);
    line_turns::member b(fast, 10);
    nobody here;
    time_point now{1h};
    std::deque<std::unique_ptr<line_turns::turn>> asked;
    for (int i = 0; i < 64; ++i)
        asked.push_back(std::make_unique<line_turns::turn>(i % 2 ? a : b, 0, 512 * kib, here, now));
    for (int round = 0; round < 12; ++round) {
        const std::size_t batch = static_cast<std::size_t>(
            std::count_if(asked.begin(), asked.end(), [](const auto& one) { return one->come(); }));
        now += 50ms + 5ms * static_cast<int>(batch);
        for (std::size_t i = 0; i < batch; ++i) {
            const auto next =
                std::find_if(asked.begin(), asked.end(), [](const auto& one) { return one->come(); });
            (*next)->end(now, true);
            asked.erase(next);
            asked.push_back(std::make_unique<line_turns::turn>(i % 2 ? a : b, 0, 512 * kib, here, now));
        }
    }
    CHECK(fast.cap(0) > 3 * mib);
}

TEST_CASE("a turn that is given up leaves the line to the others, waiting or in flight") {
    line_turns turns;
    line_turns::member a(turns, 10);
    line_turns::member b(turns, 10);
    nobody here;
    const time_point now{1h};
    auto first = std::make_unique<line_turns::turn>(a, 0, mib, here, now);
    auto second = std::make_unique<line_turns::turn>(b, 0, mib, here, now);
    auto third = std::make_unique<line_turns::turn>(b, 0, mib, here, now);
    CHECK(first->come());
    CHECK_FALSE(second->come());
    second.reset();
    CHECK_FALSE(third->come());
    first.reset();
    CHECK(third->come());
    CHECK(turns.in_flight(0) == mib);
    third.reset();
    CHECK(turns.in_flight(0) == 0);
}

TEST_CASE("one that is left alone waits no longer, on any line") {
    line_turns turns;
    line_turns::member a(turns, 10);
    line_turns::member b(turns, 10);
    nobody here;
    const time_point now{1h};
    auto busy = std::make_unique<line_turns::turn>(a, 0, mib, here, now);
    line_turns::turn there(b, 1, mib, here, now);
    line_turns::turn waits(b, 1, mib, here, now);
    CHECK(there.come());
    CHECK_FALSE(waits.come());
    busy->end(now, true);
    CHECK(waits.come());
}

TEST_CASE("a download begins with the lines that are up and least busy") {
    line_turns turns;
    line_turns::member a(turns, 10);
    nobody here;
    turns.set_up(2, true);
    turns.set_up(1, true);
    const line_turns::turn one(a, 1, mib, here, time_point{});
    for (int i = 0; i < 4; ++i) {
        const std::vector<int> order = turns.order(4);
        CHECK(order[0] == 2);
        CHECK(order[1] == 1);
    }
    turns.set_up(2, false);
    CHECK(turns.order(4).front() == 1);
}

TEST_CASE("many downloads that begin at once begin with different lines") {
    line_turns turns;
    std::vector<int> first;
    for (int i = 0; i < 6; ++i)
        first.push_back(turns.order(3).front());
    CHECK(first == std::vector<int>{0, 1, 2, 0, 1, 2});
}
