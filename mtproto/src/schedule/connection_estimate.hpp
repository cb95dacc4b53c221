// The rate and the times of one connection, learned from the parts that came over it.
#pragma once

#include <mtproto/window.hpp>

#include <optional>

namespace mtproto::schedule {

/// Pure; begins anew with a new object when the connection was lost.
class connection_estimate {
  public:
    /// `rtt`: the least that a part has taken on this path.
    void on_part(const window::part_report& report, duration rtt, time_point now);

    /// Bytes a second: the best of some seconds, as a part that waited for something else says too little.
    double rate() const noexcept { return best_; }
    /// Bytes a second as they came lately.
    double recent_rate() const noexcept { return recent_; }
    /// Bytes to keep in flight for a path that takes at least `rtt`: 1.5 times the bandwidth-delay
    /// product, between 1 and 4 MiB (a slow line: what it carries in a second). More while the rate still
    /// grows, as TCP's slow start.
    std::int64_t window(duration rtt) const noexcept;
    /// Whether the path would take more than the largest window.
    bool window_is_largest(duration rtt) const noexcept;

    /// How long after its request a part is late: when its like exceeded what they ought to take by less,
    /// four deviations included (RFC 6298). Nothing before there are some of its like. `patience`: how
    /// many times as much.
    std::optional<duration> late_after(const window::pending_part& what, duration rtt,
                                       double patience = 1) const noexcept;

  private:
    void on_rate(double rate, bool held_back, duration took, time_point now);
    void on_time(const window::part_report& report, duration rtt);
    double due(const window::pending_part& what, duration rtt) const noexcept;

    double best_ = 0;     ///< of this and the last span of some seconds
    double earlier_ = 0;  ///< of the last span
    double lately_ = 0;   ///< of this span
    time_point span_began_{};
    double recent_ = 0;

    bool growing_ = true;
    double plateau_ = 0;  ///< the rate that has to be beaten to be growing
    time_point round_ends_{};
    int flat_rounds_ = 0;

    double excess_ = 0;     ///< seconds that parts take longer than they ought to
    double deviation_ = 0;  ///< mean, of those
    int times_ = 0;
};

}  // namespace mtproto::schedule
