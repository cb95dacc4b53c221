// msg_detailed_info and msg_new_detailed_info: an answer exists that the server does not send by itself
// (protocol 5.7).
#include "session/read_message.hpp"

namespace mtproto::session {

void session::handle_detailed_info(const incoming& message) {
    const auto info = read<tl::msg_detailed_info>(message);
    if (!info) return;
    pending* request = requests_.find_sent(info->msg_id);
    if (request && !request->queued && request->msg_ids.back() == info->msg_id) {
        request->acknowledged = true;
        request->answer_id = info->answer_msg_id;
    }
    answer_announced(info->answer_msg_id, request != nullptr, message.now);
}

void session::handle_new_detailed_info(const incoming& message) {
    const auto info = read<tl::msg_new_detailed_info>(message);
    if (info) answer_announced(info->answer_msg_id, true, message.now);
}

void session::answer_announced(std::int64_t answer_msg_id, bool wanted, time_point now) {
    // One below the window may have been taken, and would not be taken any more.
    if (wanted && window_.judge(answer_msg_id) == replay_window::verdict::fresh) {
        resend_asks_.push_back(answer_msg_id);
        return;
    }
    // Acknowledging lets the server forget it.
    if (acks_.empty()) oldest_ack_ = now;
    acks_.push_back(answer_msg_id);
}

}  // namespace mtproto::session
