// The n-th attempt counted from the last decides for each limit.
#include "net/connect_pacing.hpp"

#include <algorithm>
#include <span>

namespace mtproto::net {
namespace {

constexpr std::size_t remembered = 5;  // the largest number that a limit counts

}  // namespace

time_point connect_pacing::allowed(time_point now) const {
    const std::span<const pacing_limit> limits =
        just_worked_ ? std::span<const pacing_limit>(working) : std::span<const pacing_limit>(failing);
    time_point earliest = now;
    for (const pacing_limit& limit : limits) {
        const auto count = static_cast<std::size_t>(limit.attempts);
        if (attempts_.size() < count) continue;
        earliest = std::max(earliest, attempts_[attempts_.size() - count] + limit.within);
    }
    return earliest;
}

void connect_pacing::attempt(time_point now) {
    attempts_.push_back(now);
    if (attempts_.size() > remembered) attempts_.pop_front();
}

}  // namespace mtproto::net
