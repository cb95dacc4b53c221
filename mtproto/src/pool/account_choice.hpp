// Which of several accounts is to bring a file, or answer a request, by what is known of each.
#pragma once

#include <mtproto/clock.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

namespace mtproto::pooling {

/// One account, as far as one file or chat is concerned.
struct candidate {
    bool present = true;  ///< it has neither left the pool nor been excluded here
    bool sees = true;     ///< as far as is known, it may see the chat
    bool broken = false;  ///< its circuit to the data centre is open
    bool premium = false;
    /// The end of a flood wait for what is to be asked for, at the data centre in question.
    std::optional<time_point> waits_until{};
    int streams = 0;  ///< that it brings already
    double rate = 0;  ///< bytes a second that it has shown; 0: nothing is known
};

struct choice {
    /// Those that may be asked now, the best first: indices.
    std::vector<std::size_t> order;
    /// Those that could, but for a wait, the first to end first.
    std::vector<std::size_t> waiting;
    std::optional<time_point> first_end;  ///< of those waits
};

/// Files from this size on are for accounts with Telegram Premium first.
inline constexpr std::int64_t large_file = 256 << 20;

/// Pure. `size`: bytes to bring; 0 for a request. The order: those whose circuit is closed; premium ones for
/// a large file; the least expected time, which is streams by rate; then as they were given.
choice choose(const std::vector<candidate>& all, std::int64_t size, time_point now);

/// The time that a stream more would take on an account, relative to others. `usual`: a rate to take for one
/// that nothing is known of.
double expected_time(const candidate& one, double usual) noexcept;
/// The mean of the rates that are known; a guess when none is.
double usual_rate(const std::vector<candidate>& all) noexcept;

}  // namespace mtproto::pooling
