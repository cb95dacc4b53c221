// Service messages of a refused packet: what they were to say is said again (protocol 5.4).
#include "session/session.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace mtproto::session {

void session::send_service_again(std::int64_t refused_msg_id) {
    for (service_message& each : service_log_.take_refused(refused_msg_id)) {
        switch (each.kind) {
            case service::acks:
                acks_.insert(acks_.begin(), each.ids.begin(), each.ids.end());
                break;
            case service::drop:
                drops_.insert(drops_.end(), each.ids.begin(), each.ids.end());
                break;
            case service::state_question:
                state_asks_.insert(state_asks_.end(), each.ids.begin(), each.ids.end());
                break;
            case service::resend_question:
                // Some may have come by themselves meanwhile.
                std::copy_if(
                    each.ids.begin(), each.ids.end(), std::back_inserter(resend_asks_),
                    [&](std::int64_t id) { return window_.judge(id) == replay_window::verdict::fresh; });
                break;
            case service::state_reply:
                state_replies_.push_back(std::move(each.body));
                break;
            case service::farewell:
                dead_sessions_.insert(dead_sessions_.end(), each.ids.begin(), each.ids.end());
                break;
            case service::salts_question:
                salts_asked_.reset();
                break;
            case service::ping:
                // One that is never answered would look like a dead link.
                std::erase_if(pings_,
                              [&](const ping_under_way& ping) { return ping.ping_id == each.ids.front(); });
                ping_wanted_ = true;
                break;
        }
    }
}

}  // namespace mtproto::session
