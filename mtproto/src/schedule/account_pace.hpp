// How fast one account may ask one data centre for bytes, learned from the server's flood waits.
#pragma once

#include "schedule/request_log.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>
#include <optional>

namespace mtproto::schedule {

/// Without a limit until the first flood. Then half of what flooded, and more as it goes well; from the
/// second flood on just under what a token bucket would allow that explains all floods so far, and a little
/// more now and then, which becomes rarer with each flood. Never more than a bit less than what flooded last,
/// whatever the server's rule is. Pure; not thread safe.
class account_pace {
  public:
    /// A request for so many bytes went out.
    void asked(time_point now, std::int64_t size);
    /// One that went out at `asked_at` was refused: the server has not counted it.
    void refused(time_point asked_at, std::int64_t size) noexcept { log_.take_back(asked_at, size); }
    /// The first refusal of a flood has just come, of what went out at `asked_at`; not those of requests that
    /// were under way with it.
    void flooded(time_point asked_at, duration wait);

    /// When the next request may go out.
    time_point next() const noexcept { return next_; }
    /// Bytes a second; 0 while there is no limit.
    double rate() const noexcept { return rate_; }
    int floods() const noexcept { return floods_; }

  private:
    double rate_that_flooded(time_point asked_at) const noexcept;
    void grow(std::int64_t size);

    request_log log_;
    int floods_ = 0;
    double rate_ = 0;
    double ceiling_ = 0;
    double growth_ = 0;   ///< a second, while it climbs
    double carried_ = 0;  ///< seconds' worth since the last flood or rise
    double lead_ = 0;     ///< bytes that need not keep the pace: what a flood wait has saved up
    time_point next_{};
    std::optional<time_point> resumed_;  ///< when something was asked for first after the last flood
};

}  // namespace mtproto::schedule
