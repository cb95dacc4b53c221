// The times of one lease: when it is to be renewed, and when its holder stops.
#pragma once

#include <mtproto/account_lease.hpp>
#include <mtproto/clock.hpp>

namespace mtproto::lease {

/// Counts from the moment at which a request left, which is before the service counts from: an answer that
/// comes late makes a lease shorter, never longer. Any monotonic clock.
class term {
  public:
    term(const lease_times& times, time_point asked);

    void renewed(time_point asked);
    void failed(time_point now);

    time_point held_until() const;
    /// Not after held_until().
    time_point next_renewal() const;
    bool over(time_point now) const { return now >= held_until(); }
    bool at_risk() const noexcept { return at_risk_; }

  private:
    lease_times times_;
    time_point granted_;
    time_point next_;
    bool at_risk_ = false;
};

}  // namespace mtproto::lease
