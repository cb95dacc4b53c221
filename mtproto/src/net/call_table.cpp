// A call is in one of two places, or done.
#include "net/call_table.hpp"

#include <utility>

namespace mtproto::net {
namespace {

/// A server may ask for initConnection again; one that always does is not to be asked for ever.
constexpr int initializations_accepted = 3;
/// The same of one that finds no temporary key bound.
constexpr int bindings_accepted = 3;

}  // namespace

void call_table::sent(const call_ptr& call, session::request_id id, time_point now) {
    call->id = id;
    call->sent = now;
    call->initializes = must_initialize();
    sent_[id] = call;
}

std::vector<call_table::call_ptr> call_table::take_waiting() {
    return std::exchange(waiting_, {});
}

std::vector<call_table::call_ptr> call_table::take_sent() {
    std::vector<call_ptr> all;
    all.reserve(sent_.size());
    for (const auto& [id, call] : std::exchange(sent_, {}))
        all.push_back(call);
    return all;
}

bool call_table::remove(const call_ptr& call) {
    if (std::erase(waiting_, call) != 0 || !take(call->id)) return false;
    cancelled_method_ = call->method;
    return true;
}

call_table::call_ptr call_table::take(session::request_id id) {
    const auto found = sent_.find(id);
    if (found == sent_.end()) return nullptr;
    call_ptr call = std::move(found->second);
    sent_.erase(found);
    return call;
}

bool call_table::answered(session::request_id id, bytes body, time_point now) {
    const call_ptr call = take(id);
    if (!call) return false;
    initialized_ = initialized_ || call->initializes;
    if (call->sent) {
        const duration took = now - *call->sent;
        if (took > duration{} && (round_trip_ == duration{} || took < round_trip_)) round_trip_ = took;
    }
    finish(*call, std::move(body));
    return true;
}

void call_table::lost(session::request_id id, failure why) {
    if (const call_ptr call = take(id)) finish(*call, std::move(why));
}

call_table::call_ptr call_table::refused(session::request_id id) {
    return take(id);
}

call_table::next_step call_table::judge(pending_call& call, rpc::action advice, bool temporary) {
    switch (advice) {
        case rpc::action::init_connection:
            if (++call.initializations >= initializations_accepted) return next_step::fail;
            initialized_ = false;
            return next_step::send_again;
        case rpc::action::bind_again:
            if (!temporary || ++call.bindings >= bindings_accepted) return next_step::fail;
            return next_step::bind_again;
        case rpc::action::session_dead:
            return next_step::drop_key;
        default:
            return next_step::fail;
    }
}

std::vector<call_table::call_ptr> call_table::add_setback(int limit, bool all) {
    std::vector<call_ptr> given_up;
    const auto consider = [&](const call_ptr& call) {
        if (++call->setbacks >= limit || all) given_up.push_back(call);
    };
    for (const call_ptr& call : waiting_)
        consider(call);
    for (const auto& [id, call] : sent_)
        consider(call);
    return given_up;
}

void call_table::finish(pending_call& call, outcome<bytes> with) const {
    if (call.done) return;
    call.done = true;
    if (with) {
        call.answer = std::move(with);
    } else {
        failure why = with.error();
        if (why.method.empty()) why.method = call.method;
        if (why.dc == 0) why.dc = dc_;
        call.answer = std::move(why);
    }
    if (call.on_done) call.on_done();
}

}  // namespace mtproto::net
