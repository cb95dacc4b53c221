// Floods are kept until they are over.
#include "localdc/flood_watch.hpp"

#include "wire/msg_id.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::localdc {
namespace {

// What leaves in the moment of the acknowledgement may have been decided on before it: a client takes a turn
// to pass a flood on to all that ask, longer on a busy machine.
constexpr duration same_moment = std::chrono::milliseconds(50);

}  // namespace

void flood_watch::told(const subject& who, const query& what, unix_time now, duration wait) {
    flood made{who, what, now + wait, {}, {}};
    for (const auto& [whose, body] : recent_)
        if (whose == who && body != what.body) made.under_way.insert(body);
    floods_.push_back(std::move(made));
    if (floods_.size() > most_floods) floods_.pop_front();
}

void flood_watch::acknowledged(std::int64_t session, std::int64_t req_msg_id, unix_time now) {
    for (flood& each : floods_)
        if (each.request.session == session && each.request.msg_id == req_msg_id && !each.known)
            each.known = now;
}

std::optional<duration> flood_watch::asked(const subject& who, const query& what, unix_time now) {
    std::erase_if(floods_, [&](const flood& each) { return each.until <= now; });
    const auto is_unknown = [&](const flood& each) {
        return !each.known || wire::time_of(what.msg_id) <= *each.known + same_moment;
    };
    std::erase_if(floods_, [&](const flood& each) {
        return each.client == who && each.request.body == what.body && is_unknown(each);
    });
    std::optional<duration> early;
    for (flood& each : floods_) {
        if (!(each.client == who)) continue;
        const bool own = each.request.body == what.body;
        if (is_unknown(each) || (what.begins && !own))
            each.under_way.insert(what.body);
        else if (!each.under_way.contains(what.body))
            early = std::max(early.value_or(duration{0}), duration(each.until - now));
    }
    recent_.emplace_back(who, what.body);
    if (recent_.size() > most_recent) recent_.pop_front();
    return early;
}

}  // namespace mtproto::localdc
