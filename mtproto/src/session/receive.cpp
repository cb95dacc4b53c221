// Checks what was opened, in the order of protocol 4.3, and hands it to the handler of its kind.
#include "session/session.hpp"

#include <mtproto/tl_mtproto.hpp>

#include <algorithm>
#include <utility>

namespace mtproto::session {
namespace {

using namespace std::chrono_literals;

// How far a server's msg_id may lie from its time (protocol 4.5).
constexpr duration most_past = 300s;
constexpr duration most_future = 30s;

// Smaller corrections of the time offset are not worth storing.
constexpr duration offset_worth_telling = 1s;

}  // namespace

wire::open_job session::prepare(wire::packet from) const {
    return {std::move(from), key_, wire::role::client};
}

// This machine's clock as it would read had nobody set it since the server told the time: what the server's
// time is, and whether a message is too old, does not change by that.
unix_time session::steady(time_point now, unix_time unix_now) const {
    return synchronised_ ? synchronised_unix_ + (now - synchronised_at_) : unix_now;
}

void session::receive(result<wire::opened> from, time_point now, unix_time unix_now) {
    if (!connected_ || broken_) return;
    unix_now = steady(now, unix_now);
    if (!from) {
        const bool forged = from.error() == make_error_code(errc::bad_message_key);
        break_line(forged ? errc::bad_message_key : errc::bad_message,
                   forged ? "a packet does not verify" : "a packet breaks the protocol");
        return;
    }
    const wire::message_header& header = from->header;
    if (header.session_id != session_id_) {
        // What the server sent before it heard that the session has ended.
        const bool of_before =
            std::find(abandoned_.begin(), abandoned_.end(), header.session_id) != abandoned_.end();
        if (of_before) return heard(now);
        return break_line(errc::bad_message, "a packet of another session");
    }
    if (!wire::is_server_msg_id(header.msg_id))
        return break_line(errc::bad_message, "an even msg_id from a server");

    wire::inflation inflating{settings_.inflated_limit, settings_.packet_inflated_limit};
    incoming message{header.msg_id, header.seqno, std::move(from->body), header.msg_id, now,
                     unix_now,      &inflating};
    switch (window_.judge(header.msg_id)) {
        case replay_window::verdict::duplicate:
            heard(now);
            acknowledge_again(message);
            return;
        case replay_window::verdict::too_old:
            begin_anew({});
            return break_line(errc::replayed, "a msg_id older than all that are remembered");
        case replay_window::verdict::fresh:
            break;
    }
    if (!time_is_plausible(header.msg_id, unix_now))
        return break_line(errc::bad_message, "a msg_id far from the server's time");
    alive(now);
    window_.admit(header.msg_id);
    learn_time(header.msg_id, unix_now);
    dispatch(message);
}

bool session::time_is_plausible(std::int64_t msg_id, unix_time unix_now) const {
    if (!synchronised_) return true;
    const duration age = server_time(unix_now) - wire::time_of(msg_id);
    return age <= most_past && age >= -most_future;
}

// A packet takes time to arrive, so the largest difference seen is the closest to the truth (protocol 4.5).
void session::learn_time(std::int64_t msg_id, unix_time unix_now) {
    const duration offset = wire::time_of(msg_id) - unix_now;
    if (offset > ids_.offset()) force_time(msg_id, unix_now);
}

// For messages that were certainly made just now.
void session::force_time(std::int64_t msg_id, unix_time unix_now) {
    const duration offset = wire::time_of(msg_id) - unix_now;
    ids_.set_offset(offset);
    if (std::chrono::abs(offset - reported_offset_) < offset_worth_telling) return;
    reported_offset_ = offset;
    events_.push_back(time_changed{offset});
}

void session::acknowledge(std::int64_t msg_id, std::int32_t seqno, time_point now) {
    if (!is_content_related(seqno)) return;
    if (acks_.empty()) oldest_ack_ = now;
    acks_.push_back(msg_id);
}

// The acknowledgement was lost, or the server would not have sent it again (protocol 4.4).
void session::acknowledge_again(const incoming& duplicate) {
    acknowledge(duplicate.msg_id, duplicate.seqno, duplicate.now);
    if (wire::constructor_of(duplicate.body) != wire::msg_container_id) return;
    const auto members = wire::read_container(duplicate.body);
    if (!members) return;
    for (const wire::contained& each : *members)
        acknowledge(each.msg_id, each.seqno, duplicate.now);
}

void session::dispatch(const incoming& message) {
    acknowledge(message.msg_id, message.seqno, message.now);
    switch (wire::constructor_of(message.body)) {
        case wire::msg_container_id:
            return handle_container(message);
        case wire::gzip_packed_id:
            return handle_gzip(message);
        case wire::rpc_result_id:
            return handle_rpc_result(message);
        case tl::bad_msg_notification::tl_id:
            return handle_bad_msg(message);
        case tl::bad_server_salt::tl_id:
            return handle_bad_salt(message);
        case tl::new_session_created::tl_id:
            return handle_new_session(message);
        case tl::msgs_ack::tl_id:
            return handle_ack(message);
        case tl::msgs_state_info::tl_id:
            return handle_state_info(message);
        case tl::msgs_all_info::tl_id:
            return handle_all_info(message);
        case tl::msgs_state_req::tl_id:
            return handle_state_req(message);
        case tl::msg_resend_req::tl_id:
            return handle_resend_req(message);
        case tl::msg_detailed_info::tl_id:
            return handle_detailed_info(message);
        case tl::msg_new_detailed_info::tl_id:
            return handle_new_detailed_info(message);
        case tl::pong::tl_id:
            return handle_pong(message);
        case tl::future_salts::tl_id:
            return handle_future_salts(message);
        case tl::destroy_session_ok::tl_id:
        case tl::destroy_session_none::tl_id:
        case tl::rpc_answer_unknown::tl_id:
        case tl::rpc_answer_dropped_running::tl_id:
        case tl::rpc_answer_dropped::tl_id:
            return;  // either way what was to go is gone
        case 0:
            return break_line(errc::bad_message, "a message without a constructor");
        default:
            events_.push_back(update{message.body});
    }
}

}  // namespace mtproto::session
