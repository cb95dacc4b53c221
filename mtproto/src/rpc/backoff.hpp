// How long to wait before trying again, and how often (protocol 6).
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/random.hpp>

#include <chrono>

namespace mtproto::rpc {

/// Doubling waits from 1 to 60 s, each spread over its upper half so that many clients do not come back at
/// the same moment.
class backoff {
  public:
    static constexpr duration first = std::chrono::seconds(1);
    static constexpr duration last = std::chrono::seconds(60);

    /// After so many failures before; 0: at the beginning.
    explicit backoff(int failures = 0) noexcept;

    /// The next wait: between half and all of 1, 2, 4 ... 60 s, but at least `at_least`.
    duration next(random_source& random, duration at_least = {});
    /// It worked: begin at 1 s again.
    void reset() noexcept { step_ = first; }

  private:
    duration step_ = first;
};

/// How often one request may fail with 500 and the like before the caller hears of it. A flood wait is no
/// failure.
class retry_budget {
  public:
    explicit retry_budget(int tries = 5) noexcept : left_(tries) {}
    /// True while there was one left to take.
    bool take() noexcept { return left_ > 0 && left_-- > 0; }

  private:
    int left_;
};

}  // namespace mtproto::rpc
