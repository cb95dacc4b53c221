// Random schedules of faults: `fault_schedules [--runs N] [--first SEED]`; `--seed N` for one again, or
// `--scenario FILE [--seed N]`.
#include "faults/run.hpp"
#include "faults/schedule.hpp"

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <exception>
#include <fstream>
#include <iterator>
#include <optional>
#include <string>
#include <string_view>

namespace {

using mtproto::faults::outcome_of_run;
using mtproto::faults::schedule;

int usage() {
    std::fputs("fault_schedules [--runs N] [--first SEED] | --seed N | --scenario FILE [--seed N]\n", stderr);
    return 2;
}

void report(std::uint64_t seed, const outcome_of_run& made) {
    const double seconds = std::chrono::duration<double>(made.took).count();
    std::printf("seed %llu: %s after %.3f s of virtual time%s%s\n", static_cast<unsigned long long>(seed),
                made.whole ? "whole" : "not whole", seconds, made.failed.empty() ? "" : ": ",
                made.failed.c_str());
    if (!made.complaint.empty())
        std::printf("seed %llu: WRONG: %s\n", static_cast<unsigned long long>(seed), made.complaint.c_str());
}

// One run with all logs; its scenario is printed, to be kept as a file.
int replay(const schedule& what, std::uint64_t seed) {
    std::fputs(what.scenario.c_str(), stdout);
    std::fflush(stdout);
    const outcome_of_run made = mtproto::faults::run_schedule(what, seed, true);
    report(seed, made);
    return made.complaint.empty() ? 0 : 1;
}

int run_all(std::uint64_t first, std::uint64_t runs) {
    std::uint64_t whole = 0;
    std::uint64_t ended = 0;
    std::uint64_t wrong = 0;
    for (std::uint64_t seed = first; seed < first + runs; ++seed) {
        const schedule what = mtproto::faults::draw_schedule(seed);
        const outcome_of_run made = mtproto::faults::run_schedule(what, seed, false);
        whole += made.whole ? 1 : 0;
        ended += made.failed.empty() ? 0 : 1;
        if (made.complaint.empty()) continue;
        ++wrong;
        report(seed, made);
        std::fputs(what.scenario.c_str(), stdout);
        std::fflush(stdout);
    }
    std::printf("%llu schedules: %llu downloads whole, %llu ended by an error, %llu wrong\n",
                static_cast<unsigned long long>(runs), static_cast<unsigned long long>(whole),
                static_cast<unsigned long long>(ended), static_cast<unsigned long long>(wrong));
    return wrong == 0 ? 0 : 1;
}

}  // namespace

int main(int count, char** values) {
    std::optional<std::uint64_t> seed;
    std::uint64_t runs = 200;
    std::uint64_t first = 1;
    std::string file;
    for (int i = 1; i < count; i += 2) {
        const std::string_view name = values[i];
        if (i + 1 == count) return usage();
        const char* value = values[i + 1];
        if (name == "--scenario") {
            file = value;
            continue;
        }
        char* end = nullptr;
        const std::uint64_t number = std::strtoull(value, &end, 10);
        if (end == value || *end != '\0') return usage();
        if (name == "--seed") {
            seed = number;
        } else if (name == "--runs") {
            runs = number;
        } else if (name == "--first") {
            first = number;
        } else {
            return usage();
        }
    }
    try {
        if (!file.empty()) {
            std::ifstream in(file);
            if (!in) return usage();
            schedule what;
            what.scenario.assign(std::istreambuf_iterator<char>(in), {});
            return replay(what, seed.value_or(0));
        }
        if (seed) return replay(mtproto::faults::draw_schedule(*seed), *seed);
        return run_all(first, runs);
    } catch (const std::exception& thrown) {
        std::fprintf(stderr, "fault_schedules: %s\n", thrown.what());
        return 1;
    }
}
