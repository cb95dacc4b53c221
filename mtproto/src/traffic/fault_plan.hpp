// Counts occasions, and says what goes wrong at each.
#pragma once

#include "traffic/chance.hpp"
#include "traffic/fault.hpp"
#include "traffic/fault_kinds.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string_view>
#include <vector>

namespace mtproto::traffic {

/// What a connection is, and what went over it so far.
struct connection_facts {
    std::int64_t number = 1;  ///< from 1, in the order in which connections are accepted
    int dc = 0;
    bool media = false;  ///< came to a door for files
    time_point accepted{};
    struct amount {
        std::int64_t packets = 0;
        std::int64_t bytes = 0;
    };
    amount sent;
    amount received;
};

/// The same seed and the same occasions give the same strikes. Pure: the caller brings the time.
class fault_plan {
  public:
    fault_plan() = default;
    fault_plan(std::vector<fault> faults, std::uint64_t seed = 0);

    /// When the server began; conditions of time count from it.
    void start(time_point now) noexcept { started_ = now; }
    bool empty() const noexcept { return rules_.empty(); }
    /// Whether there is any fault of that stage.
    bool watches(fault_stage stage) const noexcept;

    // Each gives the first fault that strikes now, or null; valid as long as the plan.

    /// An event comes: `connect`, a step of the key exchange, or a method. Of faults that name no event those
    /// of answers strike at methods. Faults of queries have their turn before, and not here.
    const fault* at_event(std::string_view event, bool is_method, const connection_facts& on, time_point now);
    /// A query that asks for `method` has come and is not looked at yet.
    const fault* at_query(std::string_view method, const connection_facts& on, time_point now);
    /// A packet goes over the connection; the facts count those before it.
    const fault* at_packet(direction way, const connection_facts& on, time_point now);
    /// Something goes over the connection, or next_time() has come.
    const fault* at_connection(const connection_facts& on, time_point now);

    /// Called at each strike.
    std::function<void(const fault&, const connection_facts&)> on_strike;

    /// The next time, later than now, at which a fault may strike the connection though nothing goes over it.
    std::optional<time_point> next_time(const connection_facts& on, time_point now) const;
    /// The connection has ended.
    void forget(std::int64_t connection);

    /// A number below `limit` (at least 1), for faults that choose.
    std::uint64_t draw(std::uint64_t limit) noexcept { return chance_.below(limit); }

  private:
    struct tally {
        std::int64_t seen = 0;
        std::int64_t struck = 0;
    };
    struct rule {
        traffic::fault fault;
        tally all;
        std::map<std::int64_t, tally> by_connection;  // of `each`

        bool exhausted(const tally& so_far) const noexcept;
    };

    bool is_due(rule& one, tally& so_far, const connection_facts& on, time_point now);
    template <class Fits>
    const fault* first_due(const connection_facts& on, time_point now, const Fits& fits);

    std::vector<rule> rules_;
    time_point started_{};
    chance chance_;
};

}  // namespace mtproto::traffic
