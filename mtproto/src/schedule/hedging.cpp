// The account of hedged bytes, and the strategy's word on lateness.
#include "schedule/hedging.hpp"

#include <algorithm>

namespace mtproto::schedule {
namespace {

/// Hedges are at most 2 % of all that came, and one part more.
constexpr std::int64_t received_for_one_hedged = 50;
/// Of the bytes still to come, so many count as if they were here: slow parts do not wait until there is
/// room for hedges.
constexpr std::int64_t ahead = 200 << 20;
/// One that is late at once would be hedged in the breath that sent it.
constexpr duration soonest = std::chrono::milliseconds(1);

}  // namespace

std::size_t hedging::watched_end(const part_list& parts) const {
    const auto watched = static_cast<std::size_t>(std::max(strategy_.watched(), 0));
    return std::min(parts.size(), parts.delivered() + std::min(watched, parts.size()));
}

std::optional<time_point> hedging::late_at(const sent_request& newest) const {
    const std::optional<duration> after = strategy_.late_after(newest.pending);
    if (!after) return std::nullopt;
    return newest.sent + std::max(*after, soonest);
}

/// The reader may stand still because all room is taken by parts behind a late one.
std::int64_t hedging::spare(std::int32_t part_size, std::int64_t read_ahead) const {
    if (!strategy_.late_after({0, part_size, 1, part_size})) return 0;
    return std::min<std::int64_t>(2 * std::int64_t{part_size}, read_ahead / 64);
}

/// Half of it is kept for when the reader is about to stand still, and has not most of the held bytes still
/// before it.
std::int64_t hedging::allowance(const part_list& parts, std::int64_t held) const {
    const std::int64_t counted = received_ + std::min(parts.rest(), ahead);
    const bool urgent =
        parts.delivered() == parts.size() || parts[parts.delivered()].range.offset - parts.read() <= held / 2;
    return counted / (urgent ? received_for_one_hedged : 2 * received_for_one_hedged);
}

std::int64_t hedging::unspent(ticket id, const sent_request& dropped, const connection& over) noexcept {
    return over.newest > id ? std::int64_t{dropped.pending.size} * 3 / 4 : 0;
}

}  // namespace mtproto::schedule
