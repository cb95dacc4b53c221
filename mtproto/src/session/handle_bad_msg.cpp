// bad_msg_notification: the server refused a message (protocol 5.4).
#include "session/read_message.hpp"
#include "wire/service_messages.hpp"

#include <string>

namespace mtproto::session {

void session::handle_bad_msg(const incoming& message) {
    const auto notice = read<tl::bad_msg_notification>(message);
    if (!notice || !sent_.contains(notice->bad_msg_id) || too_many_complaints(notice->bad_msg_id)) return;
    send_service_again(notice->bad_msg_id);
    const std::vector<request_id> concerned = sent_in(notice->bad_msg_id);
    using wire::bad_msg;
    switch (static_cast<bad_msg>(notice->error_code)) {
        case bad_msg::msg_id_too_low:
            force_time(message.packet_id, message.unix_now);
            return refused(concerned);
        case bad_msg::msg_id_too_high:
            force_time(message.packet_id, message.unix_now);
            ids_.restart();
            return begin_anew(concerned);
        case bad_msg::msg_too_old:
            // It cannot be told whether it came before: only what may be done twice is sent again.
            for (const request_id id : concerned) {
                const pending* request = requests_.find(id);
                if (request && !request->options.idempotent) lose(id, errc::connection_closed);
            }
            return refused(concerned);
        case bad_msg::seqno_too_low:
        case bad_msg::seqno_too_high:
            return begin_anew(concerned);
        case bad_msg::container:
            return refused(concerned);
        case bad_msg::msg_id_bits:
        case bad_msg::container_reused:
        case bad_msg::seqno_not_even:
        case bad_msg::seqno_not_odd:
        default:
            // A bug on this side. The requests of that packet go out anew on the next link, a few times.
            refused(concerned);
            return break_line(errc::bad_message,
                              "the server refuses a message with code " + std::to_string(notice->error_code));
    }
}

}  // namespace mtproto::session
