// One direction of a path: how long a packet is on its way.
#pragma once

#include "traffic/chance.hpp"

#include <mtproto/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>

namespace mtproto::traffic {

/// Lost packets as TCP shows them: nothing comes until they were sent again, and for a moment the rate is
/// half of what it was.
struct loss_rules {
    std::int64_t bytes_between = 0;  ///< losses, on average; 0: none
    duration pause{0};               ///< until what was lost is there
    duration recovery{0};            ///< at half the rate
};

struct path_rules {
    duration delay{0};                  ///< from the last byte sent to the last byte received
    std::int64_t bytes_per_second = 0;  ///< 0: no limit
    duration jitter{0};                 ///< a delay may be longer by so much
    loss_rules loss{};

    bool instant() const noexcept {
        return delay == duration{0} && bytes_per_second == 0 && jitter == duration{0} &&
               loss.bytes_between == 0;
    }
    /// Bytes a second in the long run, losses included; 0: no limit.
    double mean_rate() const noexcept;
};

/// Packets go over the path one after the other, each for as long as the rate asks; then the delay passes,
/// which any number of packets share. None overtakes another. A value: a copy foretells what the path will
/// do. Pure: the caller brings the time.
class path {
  public:
    /// The longest that a delay stays the same under jitter: what fills and empties elsewhere takes a while.
    static constexpr duration steady = std::chrono::milliseconds(50);

    explicit path(path_rules rules, std::uint64_t seed = 0) noexcept;

    /// When the last byte of a packet of `size` bytes arrives that is handed over at `now`.
    time_point send(time_point now, std::int64_t size) noexcept;
    /// When the path has sent all that it was given.
    time_point idle_at() const noexcept;
    /// Into how many bytes a large packet is best cut, so that it arrives bit by bit as over a real path and
    /// not all at its end; nothing without a rate.
    std::optional<std::size_t> slice() const noexcept;

  private:
    void lose(std::int64_t size) noexcept;
    duration delay() noexcept;

    path_rules rules_;
    chance chance_;
    // Since when the path has been sending without a pause, and how much: sums are rounded once, not for each
    // packet, so that a long transfer keeps the exact rate.
    time_point busy_since_{};
    std::int64_t busy_bytes_ = 0;
    std::int64_t until_loss_ = 0;  ///< bytes
    std::int64_t at_half_ = 0;     ///< bytes that take twice their time
    time_point last_arrival_{};
    time_point same_until_{};
    duration extra_{0};
};

}  // namespace mtproto::traffic
