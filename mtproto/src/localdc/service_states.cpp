// States, resending and dropped answers (protocol 5.6 to 5.8).
#include "localdc/outbox.hpp"
#include "localdc/service_verbs.hpp"
#include "localdc/slow_answers.hpp"

#include <mtproto/tl/codec.hpp>

#include <algorithm>
#include <vector>

namespace mtproto::localdc {
namespace {

constexpr std::byte nothing_known{1};
constexpr std::byte received{4};

// msgs_state_info with what `state` says of each id.
template <class State>
void answer_with_states(const service_call& call, const std::vector<std::int64_t>& ids, State state) {
    buffer states = buffer::allocate(ids.size());
    std::transform(ids.begin(), ids.end(), states.data(), state);
    tl::msgs_state_info info;
    info.req_msg_id = call.msg_id;
    info.info = {std::move(states), 0, ids.size()};
    call.answer(tl::encode(info));
}

}  // namespace

void tell_states(const service_call& call, const tl::msgs_state_req& query) {
    if (query.msg_ids.size() > most_ids) return;
    answer_with_states(call, query.msg_ids,
                       [&](std::int64_t id) { return call.context.session->received().state(id); });
}

void resend(const service_call& call, const tl::msg_resend_req& query) {
    if (query.msg_ids.size() > most_ids) return;
    const server_session& session = *call.context.session;
    bool all_known = true;
    for (const std::int64_t each : query.msg_ids) {
        if (const message* known = session.sent(each)) {
            call.connection.out.send(call.context, *known);
        } else {
            all_known = false;
        }
    }
    if (all_known) return;
    // Forgotten ones are "nothing is known" (protocol 5.6).
    answer_with_states(call, query.msg_ids,
                       [&](std::int64_t id) { return session.sent(id) ? received : nothing_known; });
}

void drop_answer(const service_call& call, const tl::rpc_drop_answer& query) {
    server_session& session = *call.context.session;
    outbox& out = call.connection.out;
    const bool slow = call.connection.slow.drop_answer(session, query.req_msg_id);
    bytes result = tl::encode(tl::rpc_answer_unknown{});
    if (slow || out.drop_answer(session, query.req_msg_id)) {
        result = tl::encode(tl::rpc_answer_dropped_running{});
        // The dropped query is told the same (protocol 5.8).
        out.send(call.context, answer_for(query.req_msg_id, result));
    } else if (const message* sent = session.answer_to(query.req_msg_id)) {
        tl::rpc_answer_dropped dropped;
        dropped.msg_id = sent->msg_id;
        dropped.seq_no = sent->seqno;
        dropped.bytes = static_cast<std::int32_t>(sent->size());
        session.forget(sent->msg_id);
        result = tl::encode(dropped);
    }
    out.send(call.context, answer_for(call.msg_id, result));
}

}  // namespace mtproto::localdc
