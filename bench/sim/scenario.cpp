// The limit of a scenario.
#include "sim/scenario.hpp"

#include <algorithm>
#include <chrono>

namespace mtproto::sim {

double scenario::limit() const {
    constexpr std::int64_t more_than_any = 10'000'000'000;
    double limit = static_cast<double>(more_than_any);
    const traffic::path_rules line = traffic::connection_path(rules);
    const int lines =
        rules.most_connections > 0 ? std::min(connections, rules.most_connections) : connections;
    if (line.bytes_per_second > 0) limit = std::min(limit, line.mean_rate() * lines);
    if (rules.account_rate > 0) limit = std::min(limit, static_cast<double>(rules.account_rate));
    if (rules.flood.bytes.rate > 0) limit = std::min(limit, static_cast<double>(rules.flood.bytes.rate));
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
