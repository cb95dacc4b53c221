// What a data centre's servers allow, and how well they do: the rules that files are served under.
#pragma once

#include "traffic/flood_rules.hpp"
#include "traffic/path.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>
#include <optional>

namespace mtproto::traffic {

/// Some parts take long: Pareto, so that few take very long.
struct slow_rules {
    double probability = 0;
    duration least = std::chrono::seconds(2);
    duration most = std::chrono::seconds(30);
    /// 0: all take `least`.
    double shape = 1.5;
};

struct server_rules {
    duration rtt{0};
    duration jitter{0};                ///< the round trip may be longer by so much
    std::int64_t connection_rate = 0;  ///< bytes a second, for each connection and direction; 0: no limit
    double loss = 0;                   ///< probability that a packet of a connection gets lost
    std::int64_t account_rate = 0;     ///< bytes a second of an account's parts; 0: no limit
    /// Of an account that ask for files; one more ends with -429. 0: no limit.
    int most_connections = 0;
    flood_rules flood{};
    slow_rules slow{};
};

/// The path of each connection; both directions are alike.
path_rules connection_path(const server_rules& rules) noexcept;

/// One account at one data centre. Pure: the caller brings the time.
class account_limits {
  public:
    explicit account_limits(const server_rules& rules, std::uint64_t seed = 0) noexcept;

    /// A part of `size` bytes is asked for, over a connection that has a bucket of its own: nothing, or how
    /// long the account has to wait, in whole seconds.
    std::optional<std::chrono::seconds> ask(time_point now, std::int64_t size,
                                            token_bucket& of_connection) noexcept;
    /// The same where connections have none.
    std::optional<std::chrono::seconds> ask(time_point now, std::int64_t size) noexcept;
    /// How much longer than usual a part takes that is answered.
    duration slowness() noexcept;
    /// When the account's rate lets the last of `size` bytes leave that are ready at `ready`; the connection
    /// may take longer.
    time_point send(time_point ready, std::int64_t size) noexcept { return all_.send(ready, size); }
    /// A connection asks for a file for the first time: whether it may stay. The caller counts.
    bool admits(int connections) const noexcept;

    /// Waits that were begun; those that only repeat one are not counted.
    int floods() const noexcept { return floods_; }

  private:
    std::chrono::seconds wait_at(time_point now) noexcept;

    server_rules rules_;
    chance chance_;
    path all_;
    part_quota quota_;
    time_point flooded_until_{};
    int floods_ = 0;
};

}  // namespace mtproto::traffic
