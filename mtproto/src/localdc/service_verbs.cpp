// Acknowledgements, pings, salts and sessions (protocol 5.3, 5.9, 5.10).
#include "localdc/service_verbs.hpp"

#include "localdc/cluster.hpp"

#include <mtproto/tl/codec.hpp>

#include <algorithm>

namespace mtproto::localdc {
namespace {

constexpr int most_salts = 64;  // protocol 5.9
constexpr std::int32_t longest_delay = 24 * 60 * 60;

void answer_with_pong(const service_call& call, std::int64_t ping_id) {
    tl::pong pong;
    pong.msg_id = call.msg_id;
    pong.ping_id = ping_id;
    call.answer(tl::encode(pong));
}

}  // namespace

void acknowledge(const service_call& call, const tl::msgs_ack& query) {
    if (query.msg_ids.size() > most_ids) return;
    cluster& cluster = call.connection.cluster;
    server_session& session = *call.context.session;
    if (cluster.may_flood())
        for (const std::int64_t each : query.msg_ids)
            if (const message* sent = session.sent(each))
                cluster.keeping.floods.acknowledged(session.id(), sent->req_msg_id,
                                                    cluster.env.time->unix_now());
    session.acknowledge(query.msg_ids);
}

void answer_ping(const service_call& call, const tl::ping& query) {
    answer_with_pong(call, query.ping_id);
}

void answer_delaying_ping(const service_call& call, const tl::ping_delay_disconnect& query) {
    const auto delay = std::chrono::seconds(std::clamp(query.disconnect_delay, 0, longest_delay));
    call.connection.control.close_at(call.connection.cluster.env.time->now() + delay);
    answer_with_pong(call, query.ping_id);
}

void tell_salts(const service_call& call, const tl::get_future_salts& query) {
    const cluster& cluster = call.connection.cluster;
    const int count = std::clamp(query.num, 1, most_salts);
    tl::future_salts salts;
    salts.req_msg_id = call.msg_id;
    salts.now = cluster.date();
    for (const timed_salt& each : call.context.key->salts.upcoming(cluster.env.time->unix_now(), count)) {
        tl::future_salt salt;
        salt.valid_since = each.valid_since;
        salt.valid_until = each.valid_until;
        salt.salt = each.salt;
        salts.salts.push_back(salt);
    }
    call.answer(tl::encode(salts));
}

void destroy_session(const service_call& call, const tl::destroy_session& query) {
    const session_context& asking = call.context;
    // The session that asks stays (protocol 5.10).
    if (query.session_id != asking.session->id() && asking.key->sessions.erase(query.session_id) != 0) {
        tl::destroy_session_ok answer;
        answer.session_id = query.session_id;
        return call.answer(tl::encode(answer));
    }
    tl::destroy_session_none answer;
    answer.session_id = query.session_id;
    call.answer(tl::encode(answer));
}

}  // namespace mtproto::localdc
