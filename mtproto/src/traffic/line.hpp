// One direction of a line: how long a packet is on its way.
#pragma once

#include <mtproto/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace mtproto::traffic {

struct line_rules {
    duration delay{0};                  ///< from the last byte sent to the last byte received
    std::int64_t bytes_per_second = 0;  ///< 0: no limit

    bool instant() const noexcept { return delay == duration{0} && bytes_per_second == 0; }
};

/// Packets go over the line one after the other, each for as long as the rate asks; then the delay passes,
/// which any number of packets share. Pure: the caller brings the time, which must not go back.
class line {
  public:
    explicit line(line_rules rules) noexcept;

    /// When the last byte of a packet of `size` bytes arrives that is handed over at `now`.
    time_point send(time_point now, std::int64_t size) noexcept;
    /// When the line has sent all that it was given.
    time_point idle_at() const noexcept;
    /// Into how many bytes a large packet is best cut, so that it arrives bit by bit as over a real line and
    /// not all at its end; nothing without a rate.
    std::optional<std::size_t> slice() const noexcept;

  private:
    line_rules rules_;
    // Since when the line has been sending without a pause, and how much: sums are rounded once, not for each
    // packet, so that a long transfer keeps the exact rate.
    time_point busy_since_{};
    std::int64_t busy_bytes_ = 0;
};

}  // namespace mtproto::traffic
