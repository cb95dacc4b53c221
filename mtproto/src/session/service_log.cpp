// Remembers and finds service messages that were sent.
#include "session/service_log.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mtproto::session {

void service_log::add(service_message sent) {
    std::deque<service_message>& same = of(sent.kind);
    if (same.size() == capacity) same.pop_front();
    same.push_back(std::move(sent));
}

std::vector<service_message> service_log::take_refused(std::int64_t msg_id) {
    std::vector<service_message> taken;
    for (std::deque<service_message>& same : sent_) {
        const auto refused = std::stable_partition(
            same.begin(), same.end(),
            [&](const service_message& each) { return each.msg_id != msg_id && each.packet_id != msg_id; });
        std::move(refused, same.end(), std::back_inserter(taken));
        same.erase(refused, same.end());
    }
    return taken;
}

std::optional<service_message> service_log::take_answered(std::int64_t msg_id, service kind) {
    std::deque<service_message>& same = of(kind);
    const auto found = std::find_if(same.begin(), same.end(),
                                    [&](const service_message& each) { return each.msg_id == msg_id; });
    if (found == same.end()) return std::nullopt;
    service_message taken = std::move(*found);
    same.erase(found);
    return taken;
}

void service_log::clear() noexcept {
    for (std::deque<service_message>& same : sent_)
        same.clear();
}

}  // namespace mtproto::session
