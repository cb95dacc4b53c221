// Opened packets: salt, time and order first, then each message (protocol 4.3 to 4.7, 5.4, 5.5).
#include "localdc/call.hpp"
#include "localdc/connection.hpp"
#include "localdc/service_ids.hpp"
#include "wire/container.hpp"
#include "wire/msg_id.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_api.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <algorithm>
#include <utility>

namespace mtproto::localdc {
namespace {

// How far a client's clock may be off (protocol 4.5, 5.4).
constexpr unix_time oldest = std::chrono::seconds(300);
constexpr unix_time newest = std::chrono::seconds(30);
// Smaller answers are not worth the client's time to inflate.
constexpr std::size_t worth_compressing = 1024;
// The length of a TL string has 24 bits.
constexpr std::size_t most_compressed = 15u << 20;

}  // namespace

bad_msg connection::check_time(std::int64_t msg_id) const {
    const unix_time now = world_->env.time->unix_now();
    const unix_time sent = wire::time_of(msg_id);
    if (sent < now - oldest) return bad_msg::msg_id_too_low;
    if (sent > now + newest) return bad_msg::msg_id_too_high;
    return bad_msg::none;
}

std::shared_ptr<session> connection::attach(const std::shared_ptr<key_state>& key, std::int64_t id,
                                            std::int64_t first_msg_id) {
    std::shared_ptr<session>& held = key->sessions[id];
    const bool fresh = !held;
    if (fresh) {
        held = std::make_shared<session>(id, static_cast<std::int64_t>(world_->env.random->next_u64()));
    }
    std::shared_ptr<session> found = held;
    if (!attached_.insert(found).second) return found;
    ++found->connections;
    if (attached_.size() > most_attached) close();
    if (fresh) {
        tl::new_session_created news;
        news.first_msg_id = first_msg_id;
        news.unique_id = found->unique_id();
        news.server_salt = key->salts.current(world_->env.time->unix_now());
        send({key, found}, {.body = tl::encode(news), .content = true});
    } else {
        // Even when another connection seems to carry it: a dead one shows late.
        for (message& each : found->take_up())
            send({key, found}, std::move(each));
    }
    // The oldest ids are a client's oldest sessions only by chance; those in use stay.
    for (auto old = key->sessions.begin();
         key->sessions.size() > data_centre::most_sessions && old != key->sessions.end();)
        old = old->second->connections == 0 ? key->sessions.erase(old) : std::next(old);
    return found;
}

void connection::handle_opened(const std::shared_ptr<key_state>& key, const wire::opened& packet) {
    const wire::message_header& head = packet.header;
    const unix_time now = world_->env.time->unix_now();
    // A session that is refused at the door is not begun: the answer is numbered in one that is thrown away.
    const auto known = key->sessions.find(head.session_id);
    const context at_door{
        key, known != key->sessions.end() ? known->second : std::make_shared<session>(head.session_id, 0)};
    if (!wire::is_client_msg_id(head.msg_id))
        return reject(at_door, head.msg_id, head.seqno, bad_msg::msg_id_bits);
    if (const bad_msg late = check_time(head.msg_id); late != bad_msg::none)
        return reject(at_door, head.msg_id, head.seqno, late);
    if (!key->salts.accepts(head.salt, now)) return reject(at_door, head.msg_id, head.seqno, bad_msg::salt);

    if (wire::constructor_of(packet.body) != wire::msg_container_id) {
        const std::vector<received_message> alone =
            unwrap_all({wire::contained{head.msg_id, head.seqno, packet.body}});
        const query_faults faults = meet_query_faults(at_door, head, alone, false);
        if (faults.refused) return;
        const context at{key, attach(key, head.session_id, head.msg_id)};
        if (closed_) return;
        if (!faults.messages.empty())
            return reject(at, head.msg_id, head.seqno, faults.messages.begin()->second);
        return handle_message(at, alone.front());
    }
    auto contained = wire::read_container(packet.body);
    if (!contained) return reject(at_door, head.msg_id, head.seqno, bad_msg::container);
    std::int64_t first = head.msg_id;
    for (const wire::contained& each : *contained) {
        // A container is made after what is in it (protocol 4.7).
        if (each.msg_id >= head.msg_id) return reject(at_door, head.msg_id, head.seqno, bad_msg::container);
        first = std::min(first, each.msg_id);
    }
    const std::vector<received_message> inside = unwrap_all(std::move(*contained));
    const query_faults faults = meet_query_faults(at_door, head, inside, true);
    if (faults.refused) return;
    const context at{key, attach(key, head.session_id, first)};
    if (closed_) return;
    const receipt taken = at.in->received().take(head.msg_id, head.seqno, numbering::free);
    if (taken.duplicate) return reject(at, head.msg_id, head.seqno, bad_msg::container_reused);
    if (taken.problem != bad_msg::none) return reject(at, head.msg_id, head.seqno, taken.problem);
    for (const received_message& each : inside) {
        if (closed_ || silent_) return;
        const auto refused = faults.messages.find(each.msg_id);
        if (refused != faults.messages.end()) {
            reject(at, each.msg_id, each.seqno, refused->second);
        } else {
            handle_message(at, each);
        }
    }
}

// Each query is taken out of its wrappers once, whoever looks at it.
std::vector<connection::received_message> connection::unwrap_all(std::vector<wire::contained> messages) {
    wire::inflation within = packet_inflation;
    std::vector<received_message> made;
    made.reserve(messages.size());
    for (wire::contained& each : messages) {
        const bool service = is_service(wire::constructor_of(each.body));
        unwrapped query = service ? unwrapped{} : unwrap(each.body, within);
        made.push_back({each.msg_id, each.seqno, std::move(each.body), service, std::move(query)});
    }
    world_->done.inflated += static_cast<std::int64_t>(packet_inflation.left - within.left);
    return made;
}

void connection::handle_message(const context& at, const received_message& what) {
    const auto& [msg_id, seqno, body, service, query] = what;
    if (!wire::is_client_msg_id(msg_id)) return reject(at, msg_id, seqno, bad_msg::msg_id_bits);
    const receipt taken =
        at.in->received().take(msg_id, seqno, service ? numbering::free : numbering::content);
    if (taken.problem != bad_msg::none) return reject(at, msg_id, seqno, taken.problem);
    if (taken.duplicate) {
        // Not done again: the answer comes again when it is still there, else it was acknowledged.
        if (const message* answer = at.in->answer_to(msg_id)) return send(at, *answer);
        tl::msgs_ack known;
        known.msg_ids = {msg_id};
        return send(at, {.body = tl::encode(known)});
    }
    if (service) {
        // What does not decode is dropped, as by Telegram.
        std::ignore = handle_service(at, msg_id, body);
    } else {
        handle_query(at, msg_id, query);
    }
}

void connection::handle_query(const context& at, std::int64_t msg_id, const unwrapped& query) {
    login_state& login = at.key->bound_to ? at.key->bound_to->login : at.key->login;
    if (has_one_session_too_many(at)) {
        login = {};
        return send(at, answer_for(msg_id, encode_refusal({406, "AUTH_KEY_DUPLICATED"})));
    }
    call now{*world_, dc_, *at.key, login, *at.in, msg_id, facts_};
    ran done = run_query(now, query);
    watch_floods(now, done);
    message answer;
    if (done.answer.part) {
        answer = answer_for(msg_id);
        answer.part = done.answer.part;
    } else {
        const std::size_t size = done.answer.body.size();
        const std::optional<bytes> packed = size > worth_compressing && size < most_compressed
                                                ? wire::pack_gzip(done.answer.body)
                                                : std::nullopt;
        answer = answer_for(msg_id, packed ? *packed : done.answer.body);
    }
    if (done.fault && !act_on(at, *done.fault, answer)) return;
    if (done.answer.slow > duration{0}) {
        slow_.emplace(world_->env.time->now() + done.answer.slow, slow_answer{at, std::move(answer)});
        return fault_timer_changed_.notify();
    }
    send(at, std::move(answer));
}

// protocol 8.7.
bool connection::has_one_session_too_many(const context& at) {
    const std::optional<int>& most = world_->options.sessions_a_key;
    if (!most || facts_.media) return false;
    const std::size_t used = world_->sessions.used(dc_.id, at.key->key->id(), facts_.number, at.in->id());
    return used > static_cast<std::size_t>(*most);
}

// False when there is nothing left to answer.
bool connection::act_on(const context& at, const traffic::fault& fault, message& answer) {
    switch (fault.kind) {
        // The query was executed and is known as received: its answer waits for the session's next
        // connection.
        case traffic::fault_kind::close:
        case traffic::fault_kind::half_close:
        case traffic::fault_kind::transport_error:
            at.in->keep(std::move(answer));
            suffer(fault);
            return false;
        case traffic::fault_kind::silence:
            return false;
        case traffic::fault_kind::freeze:
            suffer(fault);
            return true;
        default:
            answer.spoiled = &fault;
            return true;
    }
}

}  // namespace mtproto::localdc
