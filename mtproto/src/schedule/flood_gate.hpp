// One account at one data centre: when it may send again after the server asked it to wait, and how fast.
#pragma once

#include "schedule/account_pace.hpp"
#include "schedule/request_pace.hpp"
#include "schedule/wakeable.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <utility>
#include <vector>

namespace mtproto::schedule {

/// All requests of the account wait for one deadline, and then one probe goes out alone: waking every stalled
/// request on its own would only flood again. After that those who keep the pace send as fast as the floods
/// have taught, one after the other. Not thread safe; must outlive who watches it.
class flood_gate {
  public:
    enum class pass { no, yes, probe };

    explicit flood_gate(std::unique_ptr<request_pace> pace = std::make_unique<account_pace>())
        : pace_(std::move(pace)) {}

    /// Whether a request could go out now, whatever its pace.
    bool open(time_point now) const noexcept { return !flooded_ || (now >= not_before_ && !probing_); }
    /// Whether it is somebody's turn who keeps the pace, and the time for it. One who is told no is in the
    /// queue from then on, until a request of theirs passes or they leave it.
    bool in_turn(time_point now, wakeable& who);
    void leave_queue(const wakeable& who) noexcept;
    /// Lets a request for `size` bytes pass, or not. After `probe`, probe_ended() must follow.
    pass enter(time_point now, std::int64_t size, const wakeable& who);

    /// The answer to a request that passed at `asked_at` has come.
    void answered(time_point asked_at, time_point now) noexcept { pace_->answered(asked_at, now); }
    /// A server asked to wait, whatever it was asked for. The wait is honoured in full, also when a shorter
    /// one follows.
    void hold(time_point now, duration wait);
    /// The same of a request for `size` bytes that passed at `asked_at`. Where hold() tells of floods, the
    /// rest of a wait in whole seconds is no new one.
    void flooded(time_point now, duration wait, time_point asked_at, std::int64_t size);
    /// The probe came back with an answer, or was lost, dropped or refused.
    void probe_ended(time_point now, bool answered) noexcept;

    bool recovering() const noexcept { return flooded_; }
    bool probing() const noexcept { return probing_; }
    time_point not_before() const noexcept { return not_before_; }
    /// When the wait began that ends then.
    time_point flooded_at() const noexcept { return flooded_at_; }
    const request_pace& pace() const noexcept { return *pace_; }
    /// Floods so far; refusals of one and the same are one.
    int floods() const noexcept { return floods_; }

    /// `who` is woken when the gate opens, when a probe's place is free, or when their turn comes.
    void watch(wakeable& who) { watchers_.push_back(&who); }
    void unwatch(wakeable& who) noexcept;

  private:
    void shut(time_point now, duration wait);
    void wake_all() noexcept;

    bool flooded_ = false;
    bool counted_ = false;  ///< the flood, if it says anything of the pace
    bool held_ = false;     ///< hold() tells of floods
    bool probing_ = false;
    time_point not_before_{};
    time_point flooded_at_{};
    time_point reopened_{};  ///< after the last flood
    int floods_ = 0;
    std::unique_ptr<request_pace> pace_;
    std::deque<wakeable*> queue_;
    std::vector<wakeable*> watchers_;
};

}  // namespace mtproto::schedule
