// How fast one account may ask one data centre for bytes, learned from the server's flood waits.
#pragma once

#include "schedule/bucket_watch.hpp"
#include "schedule/request_log.hpp"
#include "schedule/request_pace.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>
#include <optional>

namespace mtproto::schedule {

/// Without a limit until the first flood. Then it searches: from at most half of what flooded, climbing. From
/// the second flood on it keeps just under the rate of the token bucket that explains the floods, and tries a
/// little more now and then. Where that goes well for more bytes than the bucket could hold, the server
/// allows more by now, and larger steps are tried. docs/design/pace.md derives it. Not thread safe.
class account_pace final : public request_pace {
  public:
    void asked(time_point now, std::int64_t size) override;
    void answered(time_point asked_at, time_point now) noexcept override { log_.answered(asked_at, now); }
    void refused(time_point asked_at, std::int64_t size) noexcept override { log_.take_back(asked_at, size); }
    void flooded(time_point asked_at) override { flooded_ = asked_at; }

    time_point next() const noexcept override { return next_; }
    /// A flood changes it when the next request goes out.
    double rate() const noexcept override { return rate_; }

  private:
    void learn(time_point now, time_point flooded_at);
    void settle(const fitted_bucket& found, time_point now, double waited);
    void search(double flooded_rate, bool conclusive);
    double rate_that_flooded(time_point flooded_at) const noexcept;
    void grow(std::int64_t size);

    request_log log_;
    bucket_watch watch_;
    double rate_ = 0;
    double ceiling_ = 0;
    double growth_ = 0;              ///< a second, while it climbs
    double climb_reference_ = 0;     ///< the rate at which it climbs as `growth_` says; 0: at any
    double seconds_since_rise_ = 0;  ///< of requests at the pace, since the last flood or rise
    double credit_bytes_ = 0;        ///< saved up in a flood wait: they need not keep the pace
    time_point next_{};
    std::optional<time_point> resumed_;  ///< when something was asked for first after the last flood
    std::optional<time_point> flooded_;  ///< when the refused request went out, until it is learned from
};

}  // namespace mtproto::schedule
