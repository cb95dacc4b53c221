// Whether an account is to be asked at a data centre that has failed it lately.
#pragma once

#include <mtproto/clock.hpp>

#include <chrono>
#include <deque>
#include <optional>

namespace mtproto::pooling {

/// Closed; open after some failures within a while; then one trial at a time, until one succeeds. Pure. Only
/// what the data centre did is told here: a caller that cancels is no failure.
class circuit_breaker {
  public:
    static constexpr std::size_t most_failures = 3;
    static constexpr duration within = std::chrono::seconds(60);
    static constexpr duration first_rest = std::chrono::seconds(15);
    static constexpr duration longest_rest = std::chrono::minutes(5);

    /// Whether it is better not asked now. A trial that is under way counts as open.
    bool open(time_point now) const noexcept { return until_ && (now < *until_ || trial_); }
    /// It is asked after all: where the circuit was open, this is the trial.
    void asked(time_point now) noexcept { trial_ = until_ && now >= *until_; }

    void failed(time_point now);
    void succeeded() noexcept;
    /// Nothing came of it, and that is not the data centre's fault.
    void cancelled() noexcept { trial_ = false; }

  private:
    std::deque<time_point> failures_;
    std::optional<time_point> until_;  ///< open until then
    duration rest_ = first_rest;
    bool trial_ = false;
};

}  // namespace mtproto::pooling
