// The limit of a scenario.
#include "sim/scenario.hpp"

#include "base/seconds.hpp"
#include "schedule/part.hpp"

#include <algorithm>
#include <chrono>

namespace mtproto::sim {
namespace {

constexpr double more_than_any = 1e10;

/// Bytes a second that the flood rules allow for `size` bytes, besides those that buckets hold at first.
double flood_limit(const traffic::flood_rules& flood, int connections, std::int64_t size) {
    double limit = more_than_any;
    const auto allow = [&](double rate) {
        if (rate > 0) limit = std::min(limit, rate);
    };
    allow(static_cast<double>(flood.connection_bytes.rate) * connections);
    allow(static_cast<double>(flood.requests.rate) * schedule::largest_part);
    allow(static_cast<double>(flood.window.bytes) / seconds(flood.window.length));
    const auto rate = static_cast<double>(flood.bytes.rate);
    const double before = rate * seconds(flood.change.after);
    if (before > 0 && before < static_cast<double>(size)) {
        const double rest = (static_cast<double>(size) - before) / static_cast<double>(flood.change.rate);
        allow(static_cast<double>(size) / (seconds(flood.change.after) + rest));
    } else {
        allow(rate);
    }
    return limit;
}

}  // namespace

double scenario::limit() const {
    double limit = more_than_any;
    const traffic::path_rules line = traffic::connection_path(rules);
    const int lines =
        rules.most_connections > 0 ? std::min(connections, rules.most_connections) : connections;
    if (line.bytes_per_second > 0) limit = std::min(limit, line.mean_rate() * lines);
    if (rules.account_rate > 0) limit = std::min(limit, static_cast<double>(rules.account_rate));
    std::int64_t size = 0;
    for (const reader_rules& one : readers)
        size += one.size;
    limit = std::min(limit, flood_limit(rules.flood, lines, size));
    const double round_trip = std::chrono::duration<double>(rules.rtt + rules.jitter / 2).count();
    if (round_trip > 0) limit = std::min(limit, static_cast<double>(budget) / round_trip);
    const bool limited =
        std::none_of(readers.begin(), readers.end(), [](const reader_rules& one) { return one.rate == 0; });
    if (!limited) return limit;
    double wanted = 0;
    for (const reader_rules& one : readers)
        wanted += static_cast<double>(one.rate);
    return std::min(limit, wanted);
}

}  // namespace mtproto::sim
