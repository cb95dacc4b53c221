// How many connections are worth having: step by step, and back where a step brought nothing.
#pragma once

#include "schedule/bounds.hpp"

#include <mtproto/clock.hpp>

#include <array>

namespace mtproto::schedule {

/// Pure. Told what all connections together carry, it climbs while each step brings a tenth of a connection's
/// share, and goes back to where it was when one did not, or when the server closed the connection that was
/// opened last.
class connection_ladder {
  public:
    explicit connection_ladder(int most);

    int wanted() const noexcept { return wanted_; }

    /// A part came, and `carrying` connections brought `rate` bytes a second together lately, over a path
    /// that takes `rtt`. `free`: nothing but the connections held the stream back.
    void on_part(int carrying, double rate, bool free, duration rtt, time_point now);
    void on_up(int connection, time_point now);
    /// `others`: connections that are still up.
    void on_lost(int connection, int others, time_point now);

  private:
    bool worth_it(int carrying, double rate, time_point now);
    void step_back(int to, duration rest, time_point now);

    int most_;
    int wanted_;
    time_point next_step_{};  ///< not before
    bool begun_ = false;

    int parts_ = 0;  ///< since the last step, and how many of them came while the stream was free
    int free_ = 0;
    int last_carrying_ = 0;  ///< how many carried when a rate was judged last
    double last_rate_ = 0;
    int failures_ = 0;  ///< steps that had to be taken back
    std::array<time_point, most_connections> up_since_{};
};

}  // namespace mtproto::schedule
