// What the requests of a connection wait for while no link serves them.
#pragma once

#include <mtproto/clock.hpp>
#include <mtproto/error.hpp>
#include <mtproto/wait.hpp>

#include <optional>

namespace mtproto::net {

/// One wait lasts from a setback until a packet verifies, and changes its kind meanwhile. Pure.
class connection_wait {
  public:
    /// Of a connection to data centre `dc`.
    explicit connection_wait(int dc) noexcept : dc_(dc) {}

    /// An attempt or a link has failed. `flood_end`: until when the server asked to wait, with a binding.
    void setback(const failure& why, std::optional<time_point> flood_end, time_point now);
    /// The next attempt comes then; it begins now.
    void attempt_at(time_point moment);
    void attempt_begins();
    /// A link is there, on which nothing has verified yet.
    void link_is_up();
    void ends() noexcept { info_.reset(); }

    const std::optional<wait_info>& info() const noexcept { return info_; }
    /// The error of requests while the server wants a longer pause than `bound`.
    std::optional<failure> held_too_long(time_point now, duration bound) const;

  private:
    int dc_;
    std::optional<wait_info> info_;
};

}  // namespace mtproto::net
