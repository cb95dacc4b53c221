// msgs_ack: the server has these messages (protocol 5.3).
#include "session/read_message.hpp"

namespace mtproto::session {

void session::handle_ack(const incoming& message) {
    const auto acks = read<tl::msgs_ack>(message);
    if (!acks) return;
    for (const std::int64_t msg_id : acks->msg_ids)
        if (pending* request = requests_.find_sent(msg_id); request && request->msg_ids.back() == msg_id)
            request->acknowledged = true;
}

}  // namespace mtproto::session
