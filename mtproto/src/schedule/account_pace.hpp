// How fast one account may ask one data centre for bytes, learned from the server's flood waits.
#pragma once

#include "schedule/request_log.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>
#include <optional>

namespace mtproto::schedule {

/// Without a limit until the first flood. Then what a small bucket would allow, at most half of what flooded,
/// and more as it goes well; from the second flood on just under what a token bucket would allow that
/// explains the floods, and a little more now and then, which becomes rarer with each flood. Where that goes
/// well beyond what the bucket held, the server's rule is another one by now, and is found out anew. Pure;
/// not thread safe.
class account_pace {
  public:
    /// A request for so many bytes went out.
    void asked(time_point now, std::int64_t size);
    /// What was asked for at `asked_at` has come.
    void answered(time_point asked_at, time_point now) noexcept { log_.answered(asked_at, now); }
    /// What was asked for at `asked_at` was refused: the server has not counted it.
    void refused(time_point asked_at, std::int64_t size) noexcept { log_.take_back(asked_at, size); }
    /// The first refusal of a flood has just come, of what went out at `asked_at`; not those of requests that
    /// were under way with it.
    void flooded(time_point asked_at);

    /// When the next request may go out.
    time_point next() const noexcept { return next_; }
    /// Bytes a second; 0 while there is no limit. A flood changes it when the next request goes out.
    double rate() const noexcept { return rate_; }
    int floods() const noexcept { return floods_; }

  private:
    void learn(time_point now);
    void settle(const request_log::bucket& found, double waited);
    void search(double was, bool told);
    double rate_that_flooded(time_point asked_at) const noexcept;
    void grow(std::int64_t size);
    void look_beyond(time_point now, std::int64_t size) noexcept;

    request_log log_;
    int floods_ = 0;
    double rate_ = 0;
    double ceiling_ = 0;
    double growth_ = 0;   ///< a second, while it climbs
    double steep_ = 0;    ///< the rate at which it climbs as `growth_` says
    double carried_ = 0;  ///< seconds' worth since the last flood or rise
    double lead_ = 0;     ///< bytes that need not keep the pace: what a flood wait has saved up
    time_point next_{};
    std::optional<time_point> resumed_;  ///< when something was asked for first after the last flood
    std::optional<time_point> flooded_;  ///< when what was refused was asked for, until it is learned from

    request_log::bucket believed_;  ///< what the floods are explained by, if they are
    double step_ = 0;               ///< it is tried how much more, relatively, the server allows by now
    double missing_ = 0;            ///< bytes from that bucket, at `missing_at_`
    time_point missing_at_{};
};

}  // namespace mtproto::schedule
