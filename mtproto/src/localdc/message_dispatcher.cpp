// Checks of a packet and of each message, and queries.
#include "localdc/message_dispatcher.hpp"

#include "localdc/call.hpp"
#include "localdc/faulty_link.hpp"
#include "localdc/outbox.hpp"
#include "localdc/service.hpp"
#include "localdc/slow_answers.hpp"
#include "localdc/watch_floods.hpp"
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

message answer_to(std::int64_t msg_id, const reply& answer) {
    if (answer.part) {
        message made = answer_for(msg_id);
        made.part = answer.part;
        return made;
    }
    const std::size_t size = answer.body.size();
    const std::optional<bytes> packed =
        size > worth_compressing && size < most_compressed ? wire::pack_gzip(answer.body) : std::nullopt;
    return answer_for(msg_id, packed ? *packed : answer.body);
}

}  // namespace

message_dispatcher::~message_dispatcher() {
    for (const std::shared_ptr<server_session>& each : attached_) {
        --each->connections;
        if (each->carrier == this) each->carrier = nullptr;
    }
}

void message_dispatcher::push(const session_context& at, message news) {
    of_.out.send(at, std::move(news));
}

void message_dispatcher::handle(const std::shared_ptr<key_state>& key, const wire::opened& packet) {
    const wire::message_header& head = packet.header;
    // A session that is refused at the door is not begun: the answer is numbered in one that is thrown away.
    const auto known = key->sessions.find(head.session_id);
    const session_context at_door{key, known != key->sessions.end()
                                           ? known->second
                                           : std::make_shared<server_session>(head.session_id, 0)};
    if (const bad_msg problem = check_header(*key, head); problem != bad_msg::none)
        return of_.out.reject(at_door, head.msg_id, head.seqno, problem);
    if (wire::constructor_of(packet.body) != wire::msg_container_id) return handle_single(at_door, packet);
    handle_container(at_door, packet);
}

bad_msg message_dispatcher::check_header(const key_state& key, const wire::message_header& head) const {
    const unix_time now = of_.cluster.env.time->unix_now();
    const unix_time sent = wire::time_of(head.msg_id);
    if (!wire::is_client_msg_id(head.msg_id)) return bad_msg::msg_id_bits;
    if (sent < now - oldest) return bad_msg::msg_id_too_low;
    if (sent > now + newest) return bad_msg::msg_id_too_high;
    return key.salts.accepts(head.salt, now) ? bad_msg::none : bad_msg::salt;
}

void message_dispatcher::handle_single(const session_context& at_door, const wire::opened& packet) {
    const wire::message_header& head = packet.header;
    const std::vector<received_message> alone =
        unwrap_all({wire::contained{head.msg_id, head.seqno, packet.body}});
    const query_faults faults = meet_query_faults(at_door, head, alone, false);
    if (faults.refused) return;
    const session_context at{at_door.key, attach(at_door.key, head.session_id, head.msg_id)};
    if (of_.link.closed()) return;
    if (!faults.messages.empty())
        return of_.out.reject(at, head.msg_id, head.seqno, faults.messages.begin()->second);
    handle_message(at, alone.front());
}

void message_dispatcher::handle_container(const session_context& at_door, const wire::opened& packet) {
    const wire::message_header& head = packet.header;
    auto contained = wire::read_container(packet.body);
    if (!contained) return of_.out.reject(at_door, head.msg_id, head.seqno, bad_msg::container);
    std::int64_t first = head.msg_id;
    for (const wire::contained& each : *contained) {
        // A container is made after what is in it (protocol 4.7).
        if (each.msg_id >= head.msg_id)
            return of_.out.reject(at_door, head.msg_id, head.seqno, bad_msg::container);
        first = std::min(first, each.msg_id);
    }
    const std::vector<received_message> inside = unwrap_all(std::move(*contained));
    const query_faults faults = meet_query_faults(at_door, head, inside, true);
    if (faults.refused) return;
    const session_context at{at_door.key, attach(at_door.key, head.session_id, first)};
    if (of_.link.closed()) return;
    const receipt taken = at.session->received().take(head.msg_id, head.seqno, numbering::free);
    if (taken.duplicate) return of_.out.reject(at, head.msg_id, head.seqno, bad_msg::container_reused);
    if (taken.problem != bad_msg::none) return of_.out.reject(at, head.msg_id, head.seqno, taken.problem);
    for (const received_message& each : inside) {
        if (of_.link.closed() || of_.link.silent()) return;
        const auto refused = faults.messages.find(each.msg_id);
        if (refused != faults.messages.end()) {
            of_.out.reject(at, each.msg_id, each.seqno, refused->second);
        } else {
            handle_message(at, each);
        }
    }
}

// Each query is taken out of its wrappers once, whoever looks at it.
std::vector<message_dispatcher::received_message> message_dispatcher::unwrap_all(
    std::vector<wire::contained> messages) {
    wire::inflation within = packet_inflation;
    std::vector<received_message> made;
    made.reserve(messages.size());
    for (wire::contained& each : messages) {
        const bool service = is_service(wire::constructor_of(each.body));
        unwrapped query = service ? unwrapped{} : unwrap(each.body, within);
        made.push_back({each.msg_id, each.seqno, std::move(each.body), service, std::move(query)});
    }
    of_.cluster.counters.inflated += static_cast<std::int64_t>(packet_inflation.left - within.left);
    return made;
}

std::shared_ptr<server_session> message_dispatcher::attach(const std::shared_ptr<key_state>& key,
                                                           std::int64_t id, std::int64_t first_msg_id) {
    std::shared_ptr<server_session>& held = key->sessions[id];
    const bool fresh = !held;
    if (fresh) {
        held = std::make_shared<server_session>(
            id, static_cast<std::int64_t>(of_.cluster.env.random->next_u64()));
    }
    std::shared_ptr<server_session> found = held;
    if (!attached_.insert(found).second) return found;
    ++found->connections;
    found->carrier = this;
    if (attached_.size() > most_attached) of_.control.close();
    if (fresh) {
        tl::new_session_created news;
        news.first_msg_id = first_msg_id;
        news.unique_id = found->unique_id();
        news.server_salt = key->salts.current(of_.cluster.env.time->unix_now());
        of_.out.send({key, found}, {.body = tl::encode(news), .content = true});
    } else {
        // Even when another connection seems to carry it: a dead one shows late.
        for (message& each : found->take_up())
            of_.out.send({key, found}, std::move(each));
    }
    // The oldest ids are a client's oldest sessions only by chance; those in use stay.
    for (auto old = key->sessions.begin();
         key->sessions.size() > data_centre::most_sessions && old != key->sessions.end();)
        old = old->second->connections == 0 ? key->sessions.erase(old) : std::next(old);
    return found;
}

void message_dispatcher::handle_message(const session_context& at, const received_message& received) {
    const auto& [msg_id, seqno, body, service, query] = received;
    if (!wire::is_client_msg_id(msg_id)) return of_.out.reject(at, msg_id, seqno, bad_msg::msg_id_bits);
    const receipt taken =
        at.session->received().take(msg_id, seqno, service ? numbering::free : numbering::content);
    if (taken.problem != bad_msg::none) return of_.out.reject(at, msg_id, seqno, taken.problem);
    if (taken.duplicate) {
        // Not done again: the answer comes again when it is still there, else it was acknowledged.
        if (const message* answer = at.session->answer_to(msg_id)) return of_.out.send(at, *answer);
        tl::msgs_ack known;
        known.msg_ids = {msg_id};
        return of_.out.send(at, {.body = tl::encode(known)});
    }
    if (service) {
        handle_service({of_, at, msg_id, body});
    } else {
        handle_query(at, msg_id, query);
    }
}

void message_dispatcher::handle_query(const session_context& at, std::int64_t msg_id,
                                      const unwrapped& query) {
    login_state& login = at.key->bound_to ? at.key->bound_to->login : at.key->login;
    if (has_one_session_too_many(at)) {
        login = {};
        return of_.out.send(at, answer_for(msg_id, encode_refusal({406, "AUTH_KEY_DUPLICATED"})));
    }
    call now{of_.cluster, of_.dc, *at.key, login, *at.session, msg_id, of_.link.facts()};
    const query_result result = run_query(now, query);
    watch_floods(now, result, !of_.out.has_answered());
    message answer = answer_to(msg_id, result.answer);
    if (result.fault && !act_on(at, *result.fault, answer)) return;
    if (result.answer.slow > duration{0}) {
        of_.slow.add({at, std::move(answer)}, of_.cluster.env.time->now() + result.answer.slow);
        return of_.link.timer_changed().notify();
    }
    of_.out.send(at, std::move(answer));
}

// protocol 8.7.
bool message_dispatcher::has_one_session_too_many(const session_context& at) {
    const std::optional<int>& most = of_.cluster.options.sessions_a_key;
    if (!most || of_.link.facts().media) return false;
    const std::size_t used = of_.cluster.keeping.sessions.used(of_.dc.id, at.key->key->id(),
                                                               of_.link.facts().number, at.session->id());
    return used > static_cast<std::size_t>(*most);
}

// False when there is nothing left to answer.
bool message_dispatcher::act_on(const session_context& at, const traffic::fault& fault, message& answer) {
    switch (fault.kind) {
        // The query was executed and is known as received: its answer waits for the session's next
        // connection.
        case traffic::fault_kind::close:
        case traffic::fault_kind::half_close:
        case traffic::fault_kind::transport_error:
            at.session->keep(std::move(answer));
            of_.control.apply_fault(fault);
            return false;
        case traffic::fault_kind::silence:
            return false;
        case traffic::fault_kind::freeze:
            of_.control.apply_fault(fault);
            return true;
        default:
            answer.fault = &fault;
            return true;
    }
}

}  // namespace mtproto::localdc
