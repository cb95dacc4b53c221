// One account at one data centre: when it may send again after the server asked it to wait.
#pragma once

#include "schedule/wakeable.hpp"

#include <mtproto/clock.hpp>

#include <vector>

namespace mtproto::schedule {

/// All requests of the account wait for one deadline, and then one probe goes out alone: waking every stalled
/// request on its own would only flood again. Not thread safe; must outlive who watches it.
class flood_gate {
  public:
    enum class pass { no, yes, probe };

    /// Whether a request could go out now.
    bool open(time_point now) const noexcept { return !flooded_ || (now >= not_before_ && !probing_); }
    /// Lets a request pass, or not. After `probe`, probe_ended() must follow.
    pass enter(time_point now) noexcept;
    /// A server asked to wait. The wait is honoured in full, also when a shorter one follows.
    void flooded(time_point now, duration wait) noexcept;
    /// The probe came back with an answer, or was lost, dropped or refused.
    void probe_ended(time_point now, bool answered) noexcept;

    bool recovering() const noexcept { return flooded_; }
    bool probing() const noexcept { return probing_; }
    time_point not_before() const noexcept { return not_before_; }

    /// `who` is woken when the gate opens, or when a probe's place is free.
    void watch(wakeable& who) { watchers_.push_back(&who); }
    void unwatch(wakeable& who) noexcept;

  private:
    void wake_all() noexcept;

    bool flooded_ = false;
    bool probing_ = false;
    time_point not_before_{};
    std::vector<wakeable*> watchers_;
};

}  // namespace mtproto::schedule
