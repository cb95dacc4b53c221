// msgs_state_info, msgs_all_info and msgs_state_req: who has received what (protocol 5.6).
#include "session/read_message.hpp"

#include <utility>

namespace mtproto::session {
namespace {

// The low three bits of a message's state.
constexpr std::byte nothing_known{1};
constexpr std::byte not_received{2};
constexpr std::byte not_received_too_high{3};
constexpr std::byte received{4};
// Those above them, of a message that was received.
constexpr std::byte worked_on{32};  // or over
constexpr std::byte answer_made{64};

}  // namespace

void session::handle_state_info(const incoming& message) {
    const auto info = read<tl::msgs_state_info>(message);
    if (!info) return;
    const auto about_requests = service_log_.take_answered(info->req_msg_id, service::state_question);
    const auto about_answers = service_log_.take_answered(info->req_msg_id, service::resend_question);
    if (!about_requests && !about_answers) return;
    const std::vector<std::int64_t>& ids = about_requests ? about_requests->ids : about_answers->ids;
    if (info->info.size() != ids.size())
        return break_line(errc::bad_message, "a msgs_state_info of another length than the question");
    for (std::size_t i = 0; i < ids.size(); ++i) {
        if (about_answers) {
            apply_answer_state(ids[i], info->info[i]);
        } else {
            apply_state(ids[i], info->info[i]);
            watch_for_answer(ids[i], info->info[i], message.now);
        }
    }
}

void session::handle_all_info(const incoming& message) {
    const auto info = read<tl::msgs_all_info>(message);
    if (!info) return;
    if (info->info.size() != info->msg_ids.size())
        return break_line(errc::bad_message, "a msgs_all_info with more or fewer states than messages");
    for (std::size_t i = 0; i < info->msg_ids.size(); ++i)
        apply_state(info->msg_ids[i], info->info[i]);
}

void session::handle_state_req(const incoming& message) {
    const auto question = read<tl::msgs_state_req>(message);
    if (!question) return;
    std::vector<std::byte> states;
    states.reserve(question->msg_ids.size());
    for (const std::int64_t msg_id : question->msg_ids) {
        if (window_.seen(msg_id))
            states.push_back(received);
        else if (msg_id > window_.largest())  // never empty: this very message is in it
            states.push_back(not_received_too_high);
        else
            states.push_back(msg_id < window_.smallest() ? nothing_known : not_received);
    }
    tl::msgs_state_info reply{};
    reply.req_msg_id = message.msg_id;
    reply.info = bytes::copy(states);
    state_replies_.push_back(tl::encode(reply));
}

void session::apply_state(std::int64_t msg_id, std::byte state) {
    pending* request = requests_.find_sent(msg_id);
    if (!request || request->queued || request->msg_ids.back() != msg_id) return;
    const std::byte known = state & std::byte{7};
    if (known == received) {
        request->acknowledged = true;
    } else if (known == not_received || known == not_received_too_high) {
        requests_.requeue(*request);
    } else if (known == nothing_known) {
        fate_unknown(*request);  // forgotten, or never there: it cannot be told
    }
}

/// A server that has a request, and neither works on it nor lets its answer come, has lost the answer.
void session::watch_for_answer(std::int64_t msg_id, std::byte state, time_point now) {
    pending* request = requests_.find_sent(msg_id);
    if (!request || !request->acknowledged || request->msg_ids.back() != msg_id) return;
    const bool busy = (state & worked_on) != std::byte{} && (state & answer_made) == std::byte{};
    if (busy) request->awaited = now;
    request->silent_states = busy ? 0 : request->silent_states + 1;
    if (request->silent_states >= settings_.silent_states) answer_lost(*request);
}

/// A server that does not tell states: what it did with a request of an earlier link cannot be learnt. One of
/// this link it has for certain, and may still answer.
void session::state_untold(std::int64_t msg_id, time_point now) {
    pending* request = requests_.find_sent(msg_id);
    if (!request || request->queued || request->msg_ids.back() != msg_id) return;
    if (request->link != link_) return fate_unknown(*request);
    if (!request->options.idempotent || now < request->awaited + settings_.ask_state_after) return;
    if (++request->silent_states >= settings_.silent_states) answer_lost(*request);
}

/// A question of the session's own was answered with an error.
void session::service_refused(const service_message& question, time_point now) {
    for (const std::int64_t id : question.ids) {
        if (question.kind == service::state_question)
            state_untold(id, now);
        else
            apply_answer_state(id, nothing_known);
    }
}

/// Of a message that msg_resend_req asked for.
void session::apply_answer_state(std::int64_t answer_msg_id, std::byte state) {
    if ((state & std::byte{7}) == received) return;  // the server has it and sends it again
    for (auto& [id, request] : requests_.all())
        if (!request.queued && request.answer_id == answer_msg_id) return answer_lost(request);
}

}  // namespace mtproto::session
