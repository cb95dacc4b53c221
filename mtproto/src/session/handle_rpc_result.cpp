// rpc_result: the end of a request (protocol 5.8).
#include "session/read_message.hpp"

#include <utility>

namespace mtproto::session {
namespace {

// What rpc_drop_answer brings. The server says it about the dropped request, too, when that was still being
// worked on (protocol 5.8).
bool says_dropped(const bytes& body) {
    switch (wire::constructor_of(body)) {
        case tl::rpc_answer_unknown::tl_id:
        case tl::rpc_answer_dropped_running::tl_id:
        case tl::rpc_answer_dropped::tl_id:
            return true;
        default:
            return false;
    }
}

}  // namespace

void session::handle_rpc_result(const incoming& message) {
    const auto result = wire::read_rpc_result(message.body);
    if (!result) return break_line(errc::bad_message, "a malformed rpc_result");
    pending* request = requests_.find_sent(result->req_msg_id);
    if (!request) {
        // Cancelled, answered before, or one of the session's own: some servers answer those this way too.
        incoming inner = message;
        inner.body = result->body;
        inner.seqno = 0;
        switch (wire::constructor_of(inner.body)) {
            case tl::future_salts::tl_id:
                return handle_future_salts(inner);
            case tl::pong::tl_id:
                return handle_pong(inner);
            case tl::msgs_state_info::tl_id:
                return handle_state_info(inner);
            case tl::rpc_error::tl_id:
                for (const service kind : {service::state_question, service::resend_question})
                    if (const auto question = service_log_.take_answered(result->req_msg_id, kind))
                        return service_refused(*question, message.now);
                if (auto error = tl::decode<tl::rpc_error>(inner.body))
                    events_.push_back(stray_failure{error->error_code, std::move(error->error_message)});
                return;
            default:
                return;
        }
    }
    complaints_ = 0;
    if (says_dropped(result->body)) return answer_dropped(*request, result->req_msg_id);
    const request_id id = request->id;
    // An answer to an earlier sending: the later one is not to be answered as well.
    if (!request->queued && request->msg_ids.back() != result->req_msg_id)
        drops_.push_back(request->msg_ids.back());
    requests_.erase(id);
    for (auto later = requests_.all().upper_bound(id); later != requests_.all().end(); ++later)
        later->second.awaited = message.now;

    auto body = wire::unpack_gzip(result->body, *message.inflating);
    if (!body) {
        const bool large = body.error() == make_error_code(errc::too_large);
        events_.push_back(request_lost{id, large ? errc::too_large : errc::malformed});
        return;
    }
    if (wire::constructor_of(*body) != tl::rpc_error::tl_id) {
        events_.push_back(answer{id, std::move(*body)});
        return;
    }
    auto error = tl::decode<tl::rpc_error>(*body);
    if (error)
        events_.push_back(rpc_failure{id, error->error_code, std::move(error->error_message)});
    else
        events_.push_back(request_lost{id, errc::malformed});
}

}  // namespace mtproto::session
