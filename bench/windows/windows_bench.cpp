// Strategies against scenarios, in the simulator and, for what can be, through the real client.
#include "base/seconds.hpp"
#include "sim/run.hpp"
#include "windows/check.hpp"
#include "windows/contestants.hpp"
#include "windows/grid.hpp"
#ifdef BENCH_WITH_REAL
#include "windows/real.hpp"
#endif

#include <benchmark/benchmark.h>

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <string>
#include <string_view>

namespace mtproto::bench {
namespace {

struct arguments {
    std::uint64_t first_seed = 1;
    std::uint64_t last_seed = 3;
    bool check = false;
    bool real = false;
    std::int64_t mib = 0;  ///< of each file; 0: what the grid says
};

[[noreturn]] void usage(std::string_view wrong) {
    std::fprintf(stderr,
                 "bench_windows: %.*s\n"
                 "usage: bench_windows [--seeds A..B] [--filter REGEX] [--mib N] [--check] "
                 "[--real] [--benchmark_...]\n",
                 static_cast<int>(wrong.size()), wrong.data());
    std::exit(2);
}

std::uint64_t number(std::string_view text) {
    std::uint64_t read = 0;
    const auto [end, failed] = std::from_chars(text.data(), text.data() + text.size(), read);
    if (failed != std::errc{} || end != text.data() + text.size()) usage(text);
    return read;
}

/// Takes out what is not the benchmark library's.
arguments read_arguments(std::vector<std::string>& given) {
    arguments made;
    std::vector<std::string> left{given.front()};
    for (std::size_t i = 1; i < given.size(); ++i) {
        const bool last = i + 1 == given.size();
        if (given[i] == "--check") {
            made.check = true;
        } else if (given[i] == "--real") {
            made.real = true;
        } else if (given[i] == "--mib" && !last) {
            made.mib = static_cast<std::int64_t>(number(given[++i]) & 0xffffff);
        } else if (given[i] == "--seeds" && !last) {
            const std::string& range = given[++i];
            const std::size_t dots = range.find("..");
            made.first_seed = number(std::string_view(range).substr(0, dots));
            made.last_seed =
                dots == range.npos ? made.first_seed : number(std::string_view(range).substr(dots + 2));
            if (made.last_seed < made.first_seed) usage(range);
        } else if (given[i] == "--filter" && !last) {
            left.push_back("--benchmark_filter=" + given[++i]);
        } else if (given[i].starts_with("--benchmark_") || given[i] == "--help") {
            left.push_back(given[i]);
        } else {
            usage(given[i]);
        }
    }
    given = std::move(left);
    return made;
}

using engine = std::function<sim::report(const sim::scenario&, const contestant&)>;

/// The time of an iteration is the virtual time of a seed's run.
void run(benchmark::State& state, const sim::scenario& place, const contestant& who, const arguments& given,
         const engine& how, results& into) {
    result sum;
    std::uint64_t seed = given.first_seed;
    for (auto _ : state) {
        sim::scenario what = place;
        what.seed = seed++;
        if (given.mib > 0)
            for (sim::reader_rules& reader : what.readers)
                reader.size = given.mib << 20;
        const sim::report got = how(what, who);
        state.SetIterationTime(seconds(got.took));
        sum.add(got);
    }
    constexpr double mega = 1e6;
    state.counters["goodput_MB_s"] = sum.goodput() / mega;
    state.counters["share"] = sum.share();
    state.counters["worst_share"] = sum.worst_share;
    state.counters["first_byte_ms"] = sum.first_byte() * 1000;
    state.counters["stalled_s"] = sum.stalled();
    state.counters["waste"] = sum.waste();
    state.counters["flood_waits"] = sum.flood_waits();
    state.counters["flood_answers"] = sum.flood_answers();
    state.counters["kills"] = sum.kills();
    state.counters["peak_MiB"] = static_cast<double>(sum.peak) / (1 << 20);
    state.counters["connections"] = sum.connections;
    state.counters["complete"] = sum.incomplete == 0 ? 1 : 0;
    into[place.name][who.name] = sum;
}

sim::report simulate(const sim::scenario& what, const contestant& who) {
    return sim::run(what, who.make, who.pace);
}

int main(std::vector<std::string> given) {
    const arguments how = read_arguments(given);
    results all;
    const auto runs = static_cast<std::int64_t>(how.last_seed - how.first_seed + 1);
    results real;  // held to no bars: they are the simulator's
    const auto compete = [&](const std::string& prefix, const sim::scenario& place, const engine& with,
                             results& into) {
        for (const contestant& who : contestants()) {
            if (&into == &real && who.pace) continue;  // the client keeps its own
            benchmark::RegisterBenchmark(
                (prefix + place.name + "/" + who.name).c_str(),
                [&, with](benchmark::State& state) { run(state, place, who, how, with, into); })
                ->UseManualTime()
                ->Iterations(runs)
                ->Unit(benchmark::kSecond);
        }
    };
    for (const grid_place& place : grid()) {
        if (!how.real) compete("", place.what, simulate, all);
#ifdef BENCH_WITH_REAL
        if (how.real && can_be_real(place.what)) {
            compete("", place.what, simulate, all);
            compete(
                "real/", place.what,
                [](const sim::scenario& what, const contestant& who) { return run_real(what, who.make); },
                real);
        }
#endif
    }
    std::vector<char*> left;
    for (std::string& each : given)
        left.push_back(each.data());
    auto count = static_cast<int>(left.size());
    benchmark::Initialize(&count, left.data());
    benchmark::RunSpecifiedBenchmarks();
    benchmark::Shutdown();
    return how.check && !hold_to_bars(all) ? 1 : 0;
}

}  // namespace
}  // namespace mtproto::bench

int main(int argc, char** argv) {
    return mtproto::bench::main({argv, argv + argc});
}
