// The rules of an account, applied.
#include "traffic/server_rules.hpp"

#include <algorithm>

namespace mtproto::traffic {
namespace {

constexpr double packet_size = 1460;  // bytes in a segment of TCP over Ethernet
// RFC 6298's lower bound as Linux has it, and how long a sender takes to be as fast as before, about.
constexpr duration least_timeout = std::chrono::milliseconds(200);
constexpr duration recovery = std::chrono::seconds(1);

}  // namespace

path_rules connection_path(const server_rules& rules) noexcept {
    path_rules made;
    made.delay = rules.rtt / 2;
    made.bytes_per_second = rules.connection_rate;
    made.jitter = rules.jitter / 2;
    if (rules.loss > 0) {
        made.loss.bytes_between = static_cast<std::int64_t>(packet_size / rules.loss);
        made.loss.pause = std::max(least_timeout, rules.rtt * 2);
        made.loss.recovery = recovery;
    }
    return made;
}

account_limits::account_limits(const server_rules& rules, std::uint64_t seed) noexcept
    : rules_(rules), chance_(seed), all_(path_rules{{}, rules.account_rate}), quota_(rules.flood) {}

std::optional<std::chrono::seconds> account_limits::ask(time_point now, std::int64_t size,
                                                        token_bucket& of_connection) noexcept {
    if (now < flooded_until_) return std::chrono::ceil<std::chrono::seconds>(flooded_until_ - now);
    if (quota_.take(now, size, of_connection)) return std::nullopt;
    const std::chrono::seconds wait = wait_at(now);
    flooded_until_ = now + wait;
    ++floods_;
    return wait;
}

std::optional<std::chrono::seconds> account_limits::ask(time_point now, std::int64_t size) noexcept {
    token_bucket none({});
    return ask(now, size, none);
}

std::chrono::seconds account_limits::wait_at(time_point now) noexcept {
    if (const std::optional<duration> rest = quota_.rest_of_window(now))
        return std::max(std::chrono::ceil<std::chrono::seconds>(*rest), std::chrono::seconds(1));
    const auto shortest = rules_.flood.shortest.count();
    const auto spread = std::max<std::int64_t>(rules_.flood.longest.count() - shortest, 0);
    return std::chrono::seconds(
        shortest + static_cast<std::int64_t>(chance_.below(static_cast<std::uint64_t>(spread) + 1)));
}

duration account_limits::slowness() noexcept {
    const slow_rules& slow = rules_.slow;
    if (slow.probability <= 0 || chance_.fraction() >= slow.probability) return {};
    return slow.shape > 0 ? chance_.pareto(slow.least, slow.shape, slow.most) : slow.least;
}

bool account_limits::admits(int connections) const noexcept {
    return rules_.most_connections == 0 || connections <= rules_.most_connections;
}

}  // namespace mtproto::traffic
