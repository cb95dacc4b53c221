// Message ids from time and back.
#include "wire/msg_id.hpp"

#include <algorithm>

namespace mtproto::wire {
namespace {

constexpr std::int64_t second = 1'000'000'000;  // in nanoseconds
constexpr std::int64_t low_bits = 3;

// Times that ids can tell, with room above for ids that follow each other: a peer may name any time.
constexpr unix_time earliest{0};
constexpr unix_time latest = std::chrono::seconds(0x7ffffffe);

}  // namespace

unix_time time_of(std::int64_t msg_id) noexcept {
    const std::int64_t fraction = msg_id & 0xffffffff;
    return unix_time((msg_id >> 32) * second + (fraction * second >> 32));
}

std::int64_t msg_id_at(unix_time when) noexcept {
    when = std::clamp(when, earliest, latest);
    const std::int64_t seconds = when.count() / second;
    // Less than 10^9 * 2^32, which is below 2^62
    const std::int64_t fraction = ((when.count() % second) << 32) / second;
    return (seconds * (std::int64_t{1} << 32) + fraction) & ~low_bits;
}

std::int64_t client_msg_ids::next(unix_time now) noexcept {
    last_ = std::max(msg_id_at(now + offset_), last_ + low_bits + 1);
    return last_;
}

std::int64_t server_msg_ids::next(unix_time now, bool response) noexcept {
    last_ = std::max(msg_id_at(now), last_ + low_bits + 1);
    return last_ | (response ? 1 : low_bits);
}

}  // namespace mtproto::wire
