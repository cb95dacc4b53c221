// Decides whether a data centre's media-only addresses are used or rest (protocol 8.6).
#pragma once

#include <mtproto/clock.hpp>

#include <chrono>
#include <optional>

namespace mtproto::core {

/// Pure: what was seen goes in with its time, decisions come out.
class media_rest {
  public:
    /// Media-only addresses serve as long as one of them has answered within this.
    static constexpr duration patience = std::chrono::seconds(20);

    /// What is to be done after a probe.
    struct decision {
        bool hurry = false;  ///< the connections to them are to try at once
        bool leave = false;  ///< they rest: connections go to the general addresses
        std::optional<duration> probe_after = std::nullopt;  ///< to end the rest early
    };

    bool resting() const noexcept { return until_.has_value(); }
    /// The end of the rest that is under way: another one has another end.
    const std::optional<time_point>& until() const noexcept { return until_; }
    bool over(time_point now) const noexcept { return until_ && now >= *until_; }

    /// They answered a request for a file with the file.
    void served() noexcept { refusals_ = 0; }
    /// With an error of the data centre's own (-503).
    void refused() noexcept { ++refusals_; }
    /// Whether they did so too often in a row to count as serving.
    bool refuses() const noexcept { return refusals_ >= most_refusals; }

    /// Both kinds of addresses were probed while no media-only one served, and the general ones answered.
    decision probed(bool media_answered, time_point now);
    /// After a probe of resting addresses that was not answered.
    static duration next_pause(duration pause) noexcept;
    /// A probe of resting addresses was answered.
    void cut_short() noexcept { until_.reset(); }
    /// The rest is over. Whatever was held against the addresses is forgotten.
    void end() noexcept;

  private:
    static constexpr int most_refusals = 6;

    std::optional<time_point> until_;
    std::optional<time_point> answered_at_;  // the first probe of late, when no connection to them served
    bool left_in_vain_ = false;              // though they answered
    int refusals_ = 0;                       // in a row
};

}  // namespace mtproto::core
