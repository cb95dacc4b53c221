// new_session_created: the server knows this session from a certain message on only (protocol 5.5).
#include "session/read_message.hpp"

namespace mtproto::session {

void session::handle_new_session(const incoming& message) {
    const auto created = read<tl::new_session_created>(message);
    if (!created) return;
    if (salts_.replace(created->server_salt, server_time(message.unix_now)))
        events_.push_back(salts_changed{});
    std::vector<request_id> ignored;
    for (const auto& [id, request] : requests_.all()) {
        if (request.queued || request.packet_id >= created->first_msg_id) continue;
        ignored.push_back(id);
    }
    for (const request_id id : ignored) {
        // What went out on this link came after the session began, or was ignored. What went out on an
        // earlier one, or was acknowledged, may have been carried out in the session that the server forgot.
        const pending* request = requests_.find(id);
        if (!request->options.idempotent && (request->link != link_ || request->acknowledged))
            lose(id, errc::connection_closed);
    }
    send_again(ignored);
    events_.push_back(server_session_created{created->unique_id});
}

}  // namespace mtproto::session
