// bad_server_salt: the server refused a message for its salt, and names the right one (protocol 5.4).
#include "session/read_message.hpp"

namespace mtproto::session {

void session::handle_bad_salt(const incoming& message) {
    const auto notice = read<tl::bad_server_salt>(message);
    if (!notice || !sent_.contains(notice->bad_msg_id) || too_many_complaints(notice->bad_msg_id)) return;
    if (salts_.replace(notice->new_server_salt, server_time(message.unix_now)))
        events_.push_back(salts_changed{});
    send_service_again(notice->bad_msg_id);
    send_again(sent_in(notice->bad_msg_id));
}

}  // namespace mtproto::session
