// msg_resend_req: the server lacks messages of this side (protocol 5.7). It is sure of that, so they go out
// again with new msg_ids, which re-encrypts nothing (protocol 4.8).
#include "session/read_message.hpp"

namespace mtproto::session {

void session::handle_resend_req(const incoming& message) {
    const auto wanted = read<tl::msg_resend_req>(message);
    if (!wanted) return;
    std::vector<request_id> again;
    for (const std::int64_t msg_id : wanted->msg_ids) {
        const pending* request = requests_.find_sent(msg_id);
        if (request && !request->queued && request->msg_ids.back() == msg_id) again.push_back(request->id);
    }
    send_again(again);
}

}  // namespace mtproto::session
