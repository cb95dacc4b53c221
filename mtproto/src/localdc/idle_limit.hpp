// How long a client may say nothing.
#pragma once

#include <mtproto/clock.hpp>

#include <optional>

namespace mtproto::localdc {

/// A first packet is sent at once, and the steps of a key exchange take a slow machine some seconds. Later,
/// clients ping: every minute at least, but for those that take 15 minutes of silence for a reason to ask.
/// Pure: the caller brings the time.
class idle_limit {
  public:
    explicit idle_limit(time_point accepted) noexcept : last_active_(accepted) {}

    void packet_came(time_point now) noexcept;
    void wrote(time_point now) noexcept { last_active_ = now; }
    /// The client has a key: one was agreed on, or a packet under it came.
    void key_seen() noexcept { has_key_ = true; }
    /// The client names its own time (ping_delay_disconnect).
    void close_at(time_point when) noexcept { close_at_ = when; }

    bool has_key() const noexcept { return has_key_; }
    /// When the connection ends unless something comes. A freeze of a scenario counts as none of the silence.
    time_point deadline(time_point frozen_until) const noexcept;

  private:
    time_point last_active_;  // when a packet came or went
    bool has_packet_ = false;
    bool has_key_ = false;
    std::optional<time_point> close_at_;
};

}  // namespace mtproto::localdc
