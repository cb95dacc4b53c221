// Floods are kept until they are over.
#include "localdc/flood_watch.hpp"

#include "wire/msg_id.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::localdc {
namespace {

// What leaves in the moment of the acknowledgement may have been written before it.
constexpr duration same_moment = std::chrono::milliseconds(1);

}  // namespace

void flood_watch::told(subject who, std::int64_t session, std::int64_t req_msg_id, unix_time now,
                       duration wait) {
    floods_.push_back({std::move(who), session, req_msg_id, now + wait, {}});
    if (floods_.size() > most_floods) floods_.pop_front();
}

void flood_watch::acknowledged(std::int64_t session, std::int64_t req_msg_id, std::int64_t ack_msg_id) {
    for (flood& each : floods_)
        if (each.session == session && each.req_msg_id == req_msg_id && !each.known)
            each.known = wire::time_of(ack_msg_id);
}

std::optional<duration> flood_watch::asked(const subject& who, std::int64_t msg_id, unix_time now) {
    std::erase_if(floods_, [&](const flood& each) { return each.until <= now; });
    std::optional<duration> early;
    for (const flood& each : floods_) {
        if (!(each.who == who) || !each.known || wire::time_of(msg_id) <= *each.known + same_moment) continue;
        early = std::max(early.value_or(duration{0}), duration(each.until - now));
    }
    return early;
}

}  // namespace mtproto::localdc
