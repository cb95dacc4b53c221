// Faults that come before a query is looked at: refusals, and what the server forgets.
#include "localdc/call.hpp"
#include "localdc/faulty_link.hpp"
#include "localdc/message_dispatcher.hpp"
#include "localdc/outbox.hpp"
#include "localdc/slow_answers.hpp"
#include "wire/transport_errors.hpp"

#include <string_view>

namespace mtproto::localdc {
namespace {

using wire::no_such_key;

// Refusals that mean a container and not what is in it.
bool means_container(bad_msg code) {
    return code == bad_msg::container || code == bad_msg::container_reused;
}

}  // namespace

message_dispatcher::query_faults message_dispatcher::meet_query_faults(
    const session_context& at, const wire::message_header& head, std::span<const received_message> messages,
    bool in_container) {
    query_faults met;
    traffic::fault_plan& plan = of_.cluster.faults;
    if (!plan.watches(traffic::fault_stage::query)) return met;
    for (const received_message& each : messages) {
        if (each.service) continue;
        const traffic::fault* fault =
            plan.at_query(asked_method(each.query), of_.link.facts(), of_.cluster.env.time->now());
        if (!fault) continue;
        if (fault->kind == traffic::fault_kind::lost_key) {
            of_.dc.keys.erase(at.key->key->id());
            of_.out.send_transport_error(no_such_key);
            met.refused = true;
            return met;
        }
        if (fault->kind == traffic::fault_kind::lost_session) {
            forget_session(*at.key, head.session_id);
            continue;
        }
        const auto code = static_cast<bad_msg>(fault->value);
        if (in_container && means_container(code)) {
            of_.out.reject(at, head.msg_id, head.seqno, code);
            met.refused = true;
            return met;
        }
        met.messages[each.msg_id] = code;
    }
    return met;
}

// As after a restart of the server: what the session was to be told is lost, too.
void message_dispatcher::forget_session(key_state& key, std::int64_t id) {
    const auto known = key.sessions.find(id);
    if (known == key.sessions.end()) return;
    const std::shared_ptr<server_session> gone = known->second;
    key.sessions.erase(known);
    if (attached_.erase(gone) != 0) --gone->connections;
    of_.slow.drop_session(*gone);
    of_.out.drop_session(*gone);
}

}  // namespace mtproto::localdc
