// Sums of a report.
#include "sim/report.hpp"

#include "base/seconds.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <numeric>

namespace mtproto::sim {
namespace {

double rate(std::int64_t bytes, duration time) {
    return time > duration{0} ? static_cast<double>(bytes) / seconds(time) : 0;
}

}  // namespace

double reader_report::goodput() const {
    return rate(bytes, took);
}

bool report::complete() const {
    return std::all_of(readers.begin(), readers.end(), [](const reader_report& one) { return one.complete; });
}

std::int64_t report::bytes() const {
    return std::accumulate(readers.begin(), readers.end(), std::int64_t{0},
                           [](std::int64_t sum, const reader_report& one) { return sum + one.bytes; });
}

double report::goodput() const {
    return rate(bytes(), took);
}

double report::waste() const {
    return received > 0 ? static_cast<double>(wasted) / static_cast<double>(received) : 0;
}

int report::most_connections() const {
    int most = 0;
    for (const connections_since& one : connections)
        most = std::max(most, one.count);
    return most;
}

duration report::stalled() const {
    duration sum{0};
    for (const reader_report& one : readers)
        sum += one.stalled;
    return sum;
}

duration report::first_byte() const {
    duration longest{0};
    for (const reader_report& one : readers)
        longest = std::max(longest, one.first_byte);
    return longest;
}

std::string report::text() const {
    constexpr double mega = 1e6;
    std::array<char, 256> line{};
    std::snprintf(
        line.data(), line.size(),
        "%s%7.2f MB/s %6.1f %%  first byte %6.0f ms  stalled %6.2f s  waste %5.2f %%  floods %d (%d)  "
        "early %d  kills %d  peak %5.1f MiB  connections %d",
        complete() ? "" : "INCOMPLETE ", goodput() / mega, share() * 100, seconds(first_byte()) * 1000,
        seconds(stalled()), waste() * 100, flood_waits, flood_answers, asked_early, kills,
        static_cast<double>(budget_peak) / (1 << 20), most_connections());
    return line.data();
}

}  // namespace mtproto::sim
