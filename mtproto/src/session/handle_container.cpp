// msg_container: its messages one by one (protocol 5.1).
#include "session/session.hpp"

namespace mtproto::session {

void session::handle_container(const incoming& message) {
    const auto members = wire::read_container(message.body);
    if (!members) return break_line(errc::bad_message, "a malformed container");
    const std::int64_t session_id = session_id_;
    for (const wire::contained& each : *members) {
        // One of them may have ended the link or the session: the rest belongs to what was before.
        if (broken_ || session_id_ != session_id) return;
        if (!wire::is_server_msg_id(each.msg_id))
            return break_line(errc::bad_message, "an even msg_id inside a server's container");
        incoming member = message;
        member.msg_id = each.msg_id;
        member.seqno = each.seqno;
        member.body = each.body;
        const replay_window::verdict seen = window_.admit(each.msg_id);
        // Of a message too old to tell, an answer may still be looked at: one that was taken before finds no
        // request any more.
        const bool old_answer =
            seen == replay_window::verdict::too_old && wire::constructor_of(each.body) == wire::rpc_result_id;
        if (seen == replay_window::verdict::fresh || old_answer)
            dispatch(member);
        else
            acknowledge(each.msg_id, each.seqno, message.now);
    }
}

}  // namespace mtproto::session
