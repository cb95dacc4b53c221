// The bars, applied.
#include "windows/check.hpp"

#include "windows/grid.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdio>

namespace mtproto::bench {
namespace {

constexpr const char* candidate = "adaptive";

/// Prints one line for each thing that is not as it ought to be.
class judge {
  public:
    explicit judge(const std::string& scenario) : scenario_(scenario) {}

    void require(bool good, const char* what, double is, double bar, const std::string& than = {}) {
        if (good) return;
        good_ = false;
        std::printf("%-26s %-34s %10.3f, the bar is %.3f\n", scenario_.c_str(), (what + than).c_str(), is,
                    bar);
    }
    bool good() const noexcept { return good_; }

  private:
    const std::string& scenario_;
    bool good_ = true;
};

bool hold(const grid_place& place, const std::map<std::string, result>& all) {
    const auto found = all.find(candidate);
    if (found == all.end()) return true;
    const result& mine = found->second;
    const bars& bar = place.held_to;
    judge here(place.what.name);
    here.require(mine.incomplete == 0, "downloads that failed", mine.incomplete, 0);
    here.require(mine.worst_share >= bar.share, "worst share of the limit", mine.worst_share, bar.share);
    here.require(mine.worst_waste <= bar.waste, "worst waste", mine.worst_waste, bar.waste);
    here.require(mine.worst_flood_waits <= bar.flood_waits, "most flood waits", mine.worst_flood_waits,
                 bar.flood_waits);
    here.require(mine.asked_early == 0, "asked before a wait was over", mine.asked_early, 0);
    here.require(mine.peak <= place.what.budget, "bytes held", double(mine.peak), double(place.what.budget));
    const double first_byte = std::chrono::duration<double>(bar.first_byte).count();
    if (first_byte >= 0)
        here.require(mine.worst_first_byte <= first_byte, "latest first byte, seconds", mine.worst_first_byte,
                     first_byte);
    const double stalled = std::chrono::duration<double>(bar.stalled).count();
    if (stalled >= 0)
        here.require(mine.worst_stalled <= stalled, "longest stalls, seconds", mine.worst_stalled, stalled);
    for (const auto& [name, other] : all)
        here.require(mine.goodput() >= other.goodput() * (1 - bar.beaten_by), "goodput, MB/s, beside ",
                     mine.goodput() / 1e6, other.goodput() * (1 - bar.beaten_by) / 1e6, name);
    return here.good();
}

}  // namespace

void result::add(const sim::report& got) {
    const auto seconds = [](duration time) { return std::chrono::duration<double>(time).count(); };
    ++runs;
    incomplete += got.complete() ? 0 : 1;
    goodput_sum += got.goodput();
    share_sum += got.share();
    worst_share = std::min(worst_share, got.share());
    first_byte_sum += seconds(got.first_byte());
    worst_first_byte = std::max(worst_first_byte, seconds(got.first_byte()));
    stalled_sum += seconds(got.stalled());
    worst_stalled = std::max(worst_stalled, seconds(got.stalled()));
    waste_sum += got.waste();
    worst_waste = std::max(worst_waste, got.waste());
    flood_waits_sum += got.flood_waits;
    worst_flood_waits = std::max(worst_flood_waits, got.flood_waits);
    flood_answers_sum += got.flood_answers;
    asked_early += got.asked_early;
    kills_sum += got.kills;
    peak = std::max(peak, got.budget_peak);
    connections = std::max(connections, got.most_connections());
}

bool hold_to_bars(const results& all) {
    bool good = true;
    for (const grid_place& place : grid())
        if (const auto found = all.find(place.what.name); found != all.end())
            good = hold(place, found->second) && good;
    std::printf(good ? "all bars are held\n" : "bars are missed\n");
    return good;
}

}  // namespace mtproto::bench
