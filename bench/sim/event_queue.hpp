// Virtual time: what is to happen, in the order of its time.
#pragma once

#include <mtproto/clock.hpp>

#include <cstdint>
#include <functional>
#include <queue>
#include <vector>

namespace mtproto::sim {

/// Events of one time happen in the order in which they were asked for.
class event_queue {
  public:
    time_point now() const noexcept { return now_; }
    void at(time_point when, std::function<void()> what);
    void after(duration time, std::function<void()> what) { at(now_ + time, std::move(what)); }
    /// Does the next event, unless there is none before `end`.
    bool step(time_point end);

  private:
    struct event {
        time_point when;
        std::uint64_t number = 0;
        std::function<void()> what;
    };
    struct later {
        bool operator()(const event& a, const event& b) const noexcept {
            return a.when != b.when ? a.when > b.when : a.number > b.number;
        }
    };

    time_point now_ = time_point{} + std::chrono::hours(1);  // no event is at the clock's beginning
    std::uint64_t count_ = 0;
    std::priority_queue<event, std::vector<event>, later> events_;
};

}  // namespace mtproto::sim
