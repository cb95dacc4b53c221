// The world of a run.
#include "sim/run.hpp"

#include "schedule/byte_budget.hpp"
#include "schedule/flood_gate.hpp"
#include "sim/download.hpp"
#include "sim/lines.hpp"
#include "sim/server.hpp"
#include "traffic/chance.hpp"

#include <mtproto/random.hpp>

#include <algorithm>
#include <memory>
#include <vector>

namespace mtproto::sim {
namespace {

/// What was dropped may still arrive: it counts as wasted.
constexpr duration aftermath = std::chrono::seconds(10);

class seeded final : public random_source {
  public:
    explicit seeded(std::uint64_t seed) : chance_(seed) {}
    void fill(byte_span out) override {
        for (std::byte& each : out)
            each = static_cast<std::byte>(chance_.below(256));
    }

  private:
    traffic::chance chance_;
};

}  // namespace

report run(const scenario& what, const strategy_factory& strategy, const pace_factory& pace) {
    event_queue events;
    server servers(events, what);
    lines over(events, servers, what.rules.rtt);
    schedule::byte_budget budget(what.budget);
    schedule::flood_gate gate(pace ? pace() : std::make_unique<schedule::account_pace>());
    seeded random(what.seed);

    if (what.warm) {
        over.warm_up(what.connections);
        while (events.step(events.now() + (what.rules.rtt + what.rules.jitter) * 2)) {
        }
    }
    const time_point start = events.now();
    report made;
    made.limit = what.limit();
    over.on_change = [&] { made.connections.push_back({events.now() - start, over.connected()}); };

    std::vector<std::unique_ptr<download>> downloads;
    const shared common{events, over, budget, gate, random};
    for (const reader_rules& reader : what.readers)
        events.at(start + reader.begins, [&] {
            downloads.push_back(std::make_unique<download>(common, what, reader, strategy()));
            downloads.back()->begin();
        });
    const auto all_over = [&] {
        return downloads.size() == what.readers.size() &&
               std::all_of(downloads.begin(), downloads.end(), [](const auto& one) { return one->over(); });
    };
    while (!all_over() && events.step(start + what.longest)) {
    }
    made.took = events.now() - start;
    made.budget_peak = budget.peak();
    const time_point end = events.now() + aftermath;
    while (events.step(end)) {
    }

    for (const auto& one : downloads)
        made.readers.push_back(one->outcome());
    made.readers.resize(what.readers.size());
    made.received = over.received();
    made.wasted = made.complete() ? made.received - made.bytes() : 0;
    made.requests = static_cast<std::int64_t>(over.requests());
    made.flood_waits = servers.account().floods();
    made.flood_answers = over.flood_answers();
    made.asked_early = over.asked_early();
    made.kills = servers.kills();
    return made;
}

}  // namespace mtproto::sim
