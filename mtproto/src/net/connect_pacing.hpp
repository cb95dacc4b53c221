// How soon one connection may try to connect again (protocol 8.8).
#pragma once

#include <mtproto/clock.hpp>

#include <deque>

namespace mtproto::net {

/// At most so many attempts within so long. Pure: the caller brings the time, which must not go back.
struct pacing_limit {
    int attempts = 0;
    duration within{};
};

/// The attempts of one connection. Two sets of limits, both TDLib's: a connection that was working until just
/// now may come back faster than one that fails again and again.
class connect_pacing {
  public:
    static constexpr pacing_limit failing[] = {
        {1, std::chrono::seconds(1)}, {2, std::chrono::seconds(4)}, {3, std::chrono::seconds(8)}};
    static constexpr pacing_limit working[] = {{4, std::chrono::seconds(1)}, {5, std::chrono::seconds(5)}};

    /// The earliest moment, not before `now`, at which the next attempt keeps to the limits.
    time_point allowed(time_point now) const;
    /// An attempt is made now.
    void attempt(time_point now);
    /// The attempt led to a connection that answered.
    void worked() noexcept { just_worked_ = true; }
    /// It did not.
    void failed() noexcept { just_worked_ = false; }

  private:
    std::deque<time_point> attempts_;  // the latest, oldest first
    bool just_worked_ = false;
};

}  // namespace mtproto::net
