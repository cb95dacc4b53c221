// Waiting for a time: the machine's, or a virtual one that a test drives.
#pragma once

#include "io/awaitable.hpp"

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>

namespace mtproto::io {

class timers : public clock {
  public:
    /// Returns once `when` has come. Error: errc::cancelled.
    virtual awaitable<result<void>> sleep_until(time_point when) = 0;

    awaitable<result<void>> sleep_for(duration time) { return sleep_until(now() + time); }
};

}  // namespace mtproto::io
