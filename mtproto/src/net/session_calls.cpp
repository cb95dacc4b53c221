// Calls go into the session, and out of it again with an answer or a failure.
#include "net/session_calls.hpp"

#include "net/init_connection.hpp"
#include "net/rpc_failure.hpp"

#include <string>
#include <utility>
#include <variant>

namespace mtproto::net {
namespace {

failure why_lost(errc why) {
    return why == errc::timed_out ? failure(why, "the server gave no answer") : failure(why);
}

}  // namespace

session_calls::session_calls(services& shared, key_slot& slot, const connection_options& settings,
                             reconnect_policy& policy)
    : shared_(shared), slot_(slot), settings_(settings), policy_(policy), table_(settings.dc) {}

void session_calls::begin_session() {
    ++epoch_;
    if (session_ && session_->key() == slot_.key()) return;
    const std::vector<call_ptr> unanswered = table_.take_sent();
    session_ = std::make_unique<session::session>(slot_.key(), slot_.salts(), slot_.time_offset(),
                                                  *shared_.environment.random, settings_.session);
    table_.forget_initialization();
    for (const call_ptr& call : unanswered) {
        if (call->idempotent)
            table_.wait(call);
        else
            table_.finish(*call,
                          failure(errc::connection_closed));  // the old session may have carried it out
    }
}

void session_calls::connect(const std::vector<std::int64_t>& ended_sessions) {
    for (const std::int64_t session_id : ended_sessions)
        session_->passes_over(session_id);
    connected_ = true;
    session_->connected(shared_.now());
    for (const call_ptr& call : table_.take_waiting())
        std::ignore = submit(call);  // the session has the present key
}

void session_calls::disconnect() {
    connected_ = false;
    if (session_) session_->disconnected(shared_.now());
}

bool session_calls::submit(const call_ptr& call) {
    if (!session_ || session_->key() != slot_.key()) {
        table_.wait(call);
        return false;
    }
    if (!connected_) {
        table_.wait(call);
        return true;
    }
    // A wait that another link was told, or an answer that nobody waited for any more, holds for this call,
    // too: it is given the rest of that as the server would give it, and never sent.
    const time_point now = shared_.now();
    if (const auto until = shared_.floods.not_before(flood_key(call->method), now)) {
        table_.finish(*call, rest_of_wait(*until, now));
        return true;
    }
    session::send_options how;
    how.idempotent = call->idempotent;
    const client_description client = settings_.anonymous ? anonymous(shared_.client) : shared_.client;
    const bool wrap = table_.must_initialize();
    table_.sent(call, session_->send(wrap ? init_connection(client, call->request) : call->request, how),
                now);
    return true;
}

void session_calls::withdraw(const call_ptr& call) {
    if (table_.remove(call)) session_->cancel(call->id);
}

bool session_calls::add_setback(const failure& why, int limit, bool all) {
    const std::vector<call_ptr> given_up = table_.add_setback(limit, all);
    for (const call_ptr& call : given_up) {
        withdraw(call);
        table_.finish(*call, why);
    }
    return !given_up.empty();
}

void session_calls::fail_all(const failure& why) {
    const std::vector<call_ptr> waiting = table_.take_waiting();
    const std::vector<call_ptr> sent = table_.take_sent();
    for (const call_ptr& call : waiting)
        table_.finish(*call, why);
    for (const call_ptr& call : sent) {
        session_->cancel(call->id);
        table_.finish(*call, why);
    }
}

bool session_calls::handle(session::event& event) {
    if (auto* answer = std::get_if<session::answer>(&event)) {
        if (table_.answered(answer->id, std::move(answer->body), shared_.now()))
            policy_.answered(shared_.now());
    } else if (const auto* refusal = std::get_if<session::rpc_failure>(&event)) {
        policy_.answered(shared_.now());
        if (const call_ptr call = table_.refused(refusal->id)) return reject(call, *refusal);
    } else if (const auto* stray = std::get_if<session::stray_failure>(&event)) {
        const rpc::advice advice = rpc::classify(rpc::parse_error(stray->code, stray->text), true);
        const std::string& method = table_.cancelled_method();
        if (advice.action == rpc::action::wait && !method.empty())
            shared_.floods.hold(flood_key(method), shared_.now(), advice.delay);
    } else if (const auto* lost = std::get_if<session::request_lost>(&event)) {
        table_.lost(lost->id, why_lost(lost->why));
    } else if (const auto* news = std::get_if<session::update>(&event)) {
        if (settings_.on_update) settings_.on_update(news->body);
    } else if (std::holds_alternative<session::session_reset>(event)) {
        table_.forget_initialization();
    } else if (std::holds_alternative<session::salts_changed>(event)) {
        if (session_->key() == slot_.key()) slot_.set_salts(session_->salts());
    } else if (const auto* shifted = std::get_if<session::time_changed>(&event)) {
        slot_.set_time_offset(shifted->offset);
    }
    return true;
}

bool session_calls::reject(const call_ptr& call, const session::rpc_failure& refusal) {
    const rpc::rpc_error error = rpc::parse_error(refusal.code, refusal.text);
    const bool at_home = true;  // decides about 401 only, which is the caller's to judge
    const rpc::advice advice = rpc::classify(error, at_home);
    if (advice.action == rpc::action::wait)
        shared_.floods.hold(flood_key(call->method), shared_.now(), advice.delay);
    // Only here it is known which key the call went out under: a late answer must not cost a newer one.
    const bool under_this_key = session_->key() == slot_.key();
    switch (table_.judge(*call, advice.action, slot_.temporary())) {
        case call_table::next_step::send_again:
            return submit(call);
        case call_table::next_step::bind_again:
            if (under_this_key) {
                shared_.log(log_level::warning,
                            "the server does not know what the temporary key is bound to");
                slot_.drop();
            }
            return submit(call);
        case call_table::next_step::drop_key:
            if (under_this_key) drop_keys();
            break;
        case call_table::next_step::fail:
            break;
    }
    failure told = failure_of(error);
    if (error.type == "CONNECTION_LAYER_INVALID")
        told.detail = "the server does not know layer " + std::to_string(stated_layer()) + " of the API";
    table_.finish(*call, std::move(told));
    return true;
}

void session_calls::drop_keys() {
    if (slot_.permanent()) slot_.permanent()->drop();
    slot_.drop();
}

rpc::flood_policy::key session_calls::flood_key(std::string_view method) const {
    return rpc::flood_key(settings_.dc, method);
}

}  // namespace mtproto::net
