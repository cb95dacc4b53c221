// The protocol's own messages: acknowledgements, pings, salts, states, resending (protocol 5).
#include "localdc/connection.hpp"
#include "localdc/service_ids.hpp"
#include "wire/container.hpp"
#include "wire/service_messages.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <algorithm>

namespace mtproto::localdc {
namespace {

using wire::most_ids;
constexpr int most_salts = 64;  // protocol 5.9
constexpr std::int32_t longest_delay = 24 * 60 * 60;

template <class M>
std::optional<M> read_as(const bytes& body) {
    auto made = tl::decode<M>(body);
    if (!made) return std::nullopt;
    return std::move(*made);
}

}  // namespace

bool is_service(std::uint32_t id) {
    switch (id) {
        case tl::msgs_ack::tl_id:
        case tl::ping::tl_id:
        case tl::ping_delay_disconnect::tl_id:
        case tl::get_future_salts::tl_id:
        case tl::destroy_session::tl_id:
        case tl::destroy_auth_key::tl_id:
        case tl::http_wait::tl_id:
        case tl::msgs_state_req::tl_id:
        case tl::msgs_state_info::tl_id:
        case tl::msgs_all_info::tl_id:
        case tl::msg_resend_req::tl_id:
        case tl::rpc_drop_answer::tl_id:
        case tl::bad_msg_notification::tl_id:
            return true;
        default:
            return false;
    }
}

bool connection::handle_service(const context& at, std::int64_t msg_id, const bytes& body) {
    const auto answer = [&](bytes made) { send(at, {.body = std::move(made), .response = true}); };
    switch (wire::constructor_of(body)) {
        case tl::msgs_ack::tl_id: {
            const auto known = read_as<tl::msgs_ack>(body);
            if (!known || known->msg_ids.size() > most_ids) return false;
            if (world_->may_flood())
                for (const std::int64_t each : known->msg_ids)
                    if (const message* sent = at.in->sent(each))
                        world_->floods.acknowledged(at.in->id(), sent->req_msg_id,
                                                    world_->env.time->unix_now());
            at.in->acknowledge(known->msg_ids);
            return true;
        }
        case tl::ping::tl_id: {
            const auto query = read_as<tl::ping>(body);
            if (!query) return false;
            tl::pong pong;
            pong.msg_id = msg_id;
            pong.ping_id = query->ping_id;
            answer(tl::encode(pong));
            return true;
        }
        case tl::ping_delay_disconnect::tl_id: {
            const auto query = read_as<tl::ping_delay_disconnect>(body);
            if (!query) return false;
            const auto delay = std::chrono::seconds(std::clamp(query->disconnect_delay, 0, longest_delay));
            close_at_ = world_->env.time->now() + delay;
            close_at_changed_.notify();
            tl::pong pong;
            pong.msg_id = msg_id;
            pong.ping_id = query->ping_id;
            answer(tl::encode(pong));
            return true;
        }
        case tl::get_future_salts::tl_id: {
            const auto query = read_as<tl::get_future_salts>(body);
            if (!query) return false;
            const unix_time now = world_->env.time->unix_now();
            tl::future_salts salts;
            salts.req_msg_id = msg_id;
            salts.now = world_->date();
            for (const timed_salt& each :
                 at.key->salts.upcoming(now, std::clamp(query->num, 1, most_salts))) {
                tl::future_salt salt;
                salt.valid_since = each.valid_since;
                salt.valid_until = each.valid_until;
                salt.salt = each.salt;
                salts.salts.push_back(salt);
            }
            answer(tl::encode(salts));
            return true;
        }
        case tl::destroy_session::tl_id: {
            const auto query = read_as<tl::destroy_session>(body);
            if (!query) return false;
            answer(destroy_session(at, query->session_id));
            return true;
        }
        case tl::destroy_auth_key::tl_id:
            answer(tl::encode(tl::destroy_auth_key_ok{}));
            dc_.keys.erase(at.key->key->id());
            return true;
        case tl::msgs_state_req::tl_id: {
            const auto query = read_as<tl::msgs_state_req>(body);
            if (!query || query->msg_ids.size() > most_ids) return false;
            tl::msgs_state_info info;
            info.req_msg_id = msg_id;
            info.info = states_of(at, query->msg_ids);
            answer(tl::encode(info));
            return true;
        }
        case tl::msg_resend_req::tl_id: {
            const auto query = read_as<tl::msg_resend_req>(body);
            if (!query || query->msg_ids.size() > most_ids) return false;
            resend(at, msg_id, query->msg_ids);
            return true;
        }
        case tl::rpc_drop_answer::tl_id: {
            const auto query = read_as<tl::rpc_drop_answer>(body);
            if (!query) return false;
            drop_answer(at, msg_id, query->req_msg_id);
            return true;
        }
        default:
            return true;  // http_wait and what only informs
    }
}

bytes connection::states_of(const context& at, const std::vector<std::int64_t>& wanted) const {
    buffer states = buffer::allocate(wanted.size());
    std::transform(wanted.begin(), wanted.end(), states.data(),
                   [&](std::int64_t id) { return at.in->received().state(id); });
    return {std::move(states), 0, wanted.size()};
}

void connection::resend(const context& at, std::int64_t msg_id, const std::vector<std::int64_t>& wanted) {
    bool all_known = true;
    for (const std::int64_t each : wanted) {
        if (const message* known = at.in->sent(each)) {
            send(at, *known);
        } else {
            all_known = false;
        }
    }
    if (all_known) return;
    // Forgotten ones are "nothing is known" (protocol 5.6).
    buffer states = buffer::allocate(wanted.size());
    std::transform(wanted.begin(), wanted.end(), states.data(),
                   [&](std::int64_t id) { return at.in->sent(id) ? std::byte{4} : std::byte{1}; });
    tl::msgs_state_info info;
    info.req_msg_id = msg_id;
    info.info = {std::move(states), 0, wanted.size()};
    send(at, {.body = tl::encode(info), .response = true});
}

void connection::drop_answer(const context& at, std::int64_t msg_id, std::int64_t req_msg_id) {
    const auto waiting = std::find_if(queue_.begin(), queue_.end(), [&](const outgoing& each) {
        return each.what == outgoing::kind::sealed && each.in == at.in && req_msg_id != 0 &&
               each.content.req_msg_id == req_msg_id;
    });
    const auto slow = std::find_if(slow_.begin(), slow_.end(), [&](const auto& each) {
        return each.second.at.in == at.in && each.second.answer.req_msg_id == req_msg_id;
    });
    bytes result = tl::encode(tl::rpc_answer_unknown{});
    if (slow != slow_.end()) {
        slow_.erase(slow);
        result = tl::encode(tl::rpc_answer_dropped_running{});
        send(at, answer_for(req_msg_id, result));
    } else if (waiting != queue_.end()) {
        queue_held_bytes_ -= waiting->content.body.size();
        at.in->forget(waiting->content.msg_id);
        queue_.erase(waiting);
        queue_changed_.notify();
        result = tl::encode(tl::rpc_answer_dropped_running{});
        // The dropped query is told the same (protocol 5.8).
        send(at, answer_for(req_msg_id, result));
    } else if (const message* sent = at.in->answer_to(req_msg_id)) {
        tl::rpc_answer_dropped dropped;
        dropped.msg_id = sent->msg_id;
        dropped.seq_no = sent->seqno;
        dropped.bytes = static_cast<std::int32_t>(sent->size());
        at.in->forget(sent->msg_id);
        result = tl::encode(dropped);
    }
    send(at, answer_for(msg_id, result));
}

bytes connection::destroy_session(const context& at, std::int64_t id) {
    // The session that asks stays (protocol 5.10).
    if (id != at.in->id() && at.key->sessions.erase(id) != 0) {
        tl::destroy_session_ok answer;
        answer.session_id = id;
        return tl::encode(answer);
    }
    tl::destroy_session_none answer;
    answer.session_id = id;
    return tl::encode(answer);
}

}  // namespace mtproto::localdc
