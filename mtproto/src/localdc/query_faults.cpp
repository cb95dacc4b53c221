// Faults that come before a query is looked at: refusals, and what the server forgets.
#include "localdc/call.hpp"
#include "localdc/connection.hpp"
#include "wire/transport_errors.hpp"

#include <algorithm>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace mtproto::localdc {
namespace {

using wire::no_such_key;

// Refusals that mean a container and not what is in it.
bool means_container(bad_msg code) {
    return code == bad_msg::container || code == bad_msg::container_reused;
}

}  // namespace

connection::query_faults connection::meet_query_faults(const context& at, const wire::message_header& head,
                                                       std::span<const received_message> messages,
                                                       bool in_container) {
    query_faults met;
    traffic::fault_plan& plan = world_->faults;
    if (!plan.watches(traffic::place::query)) return met;
    for (const received_message& each : messages) {
        if (each.service) continue;
        const traffic::fault* fault =
            plan.at_query(asked_method(each.query), facts_, world_->env.time->now());
        if (!fault) continue;
        if (fault->kind == traffic::fault_kind::lost_key) {
            dc_.keys.erase(at.key->key->id());
            send_transport_error(no_such_key);
            met.refused = true;
            return met;
        }
        if (fault->kind == traffic::fault_kind::lost_session) {
            forget_session(*at.key, head.session_id);
            continue;
        }
        const auto code = static_cast<bad_msg>(fault->value);
        if (in_container && means_container(code)) {
            reject(at, head.msg_id, head.seqno, code);
            met.refused = true;
            return met;
        }
        met.messages[each.msg_id] = code;
    }
    return met;
}

// What a flood holds up is looked at as it comes, whatever becomes of it.
void connection::watch_floods(const call& now, const ran& done) {
    if (!world_->may_flood()) return;
    flood_watch& floods = world_->floods;
    const unix_time time = world_->env.time->unix_now();
    const key_state& permanent = now.key.bound_to ? *now.key.bound_to : now.key;
    const flood_watch::subject who{dc_.id, permanent.key->id(), std::string(now.method)};
    const flood_watch::query what{now.in.id(), now.msg_id, std::hash<std::string_view>()(as_text(now.asked)),
                                  !answered_};
    const std::optional<duration> early = floods.asked(who, what, time);
    if (early && world_->env.log) {
        const auto by = std::chrono::duration_cast<std::chrono::milliseconds>(*early).count();
        world_->env.log(log_level::warning,
                        who.method + " came " + std::to_string(by) + " ms before its flood wait was over");
    }
    if (now.told_to_wait) return floods.told(who, what, time, *now.told_to_wait);
    if (!done.fault || done.fault->kind != traffic::fault_kind::rpc_error) return;
    const std::string& text = done.fault->text;
    const std::size_t number = text.rfind('_') + 1;
    if (!text.starts_with("420 FLOOD_") || number == 0) return;
    if (const auto seconds = traffic::read_number(std::string_view(text).substr(number))) {
        constexpr std::int64_t day = 24 * 60 * 60;
        floods.told(who, what, time, std::chrono::seconds(std::min(*seconds, day)));
    }
}

// As after a restart of the server: what the session was to be told is lost, too.
void connection::forget_session(key_state& key, std::int64_t id) {
    const auto known = key.sessions.find(id);
    if (known == key.sessions.end()) return;
    const std::shared_ptr<session> gone = known->second;
    key.sessions.erase(known);
    if (attached_.erase(gone) != 0) --gone->connections;
    std::erase_if(slow_, [&](const auto& each) { return each.second.at.in == gone; });
    std::erase_if(queue_, [&](const outgoing& each) {
        if (each.in != gone) return false;
        queue_held_bytes_ -= each.content.body.size();
        return true;
    });
    queue_changed_.notify();
}

}  // namespace mtproto::localdc
