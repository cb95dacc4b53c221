// Requests: into the session, and out of it again with an answer or a failure.
#include "net/pending.hpp"
#include "net/rpc_failure.hpp"

#include <algorithm>

namespace mtproto::net {
namespace {

/// A server may ask for initConnection again; one that always does is not to be asked for ever.
constexpr int introductions_accepted = 3;
/// The same of one that finds no temporary key bound.
constexpr int bindings_accepted = 3;

failure why_lost(errc why) {
    return why == errc::timed_out ? failure(why, "the server gave no answer") : failure(why);
}

}  // namespace

/// Takes a request back whose caller went away, however it went.
class connection::cancel_guard {
  public:
    cancel_guard(connection& from, std::shared_ptr<pending> call) : from_(from), call_(std::move(call)) {}
    cancel_guard(const cancel_guard&) = delete;
    cancel_guard& operator=(const cancel_guard&) = delete;
    ~cancel_guard() {
        if (call_->done) return;
        from_.withdraw(call_);
        if (from_.session_ && !from_.closed_) from_.after_session();
    }

  private:
    connection& from_;
    std::shared_ptr<pending> call_;
};

io::awaitable<outcome<bytes>> connection::call(bytes request, std::string method, bool idempotent) {
    const std::shared_ptr<connection> self = shared_from_this();
    const auto call =
        std::make_shared<pending>(shared_->where.executor, std::move(request), std::move(method), idempotent);
    if (closed_) {
        finish(*call, failure(errc::connection_closed));
        co_return std::move(call->answer);
    }
    if (const std::optional<failure> held = held_too_long()) co_return *held;
    const cancel_guard guard(*this, call);
    submit(call);
    if (session_) after_session();
    begin_to_live();
    while (!call->done) {
        if (!co_await call->ready.wait() && !call->done) {
            failure gone(errc::cancelled);
            gone.method = call->method;
            gone.dc = settings_.dc;
            co_return gone;
        }
    }
    co_return std::move(call->answer);
}

void connection::begin_session() {
    if (session_ && session_->key() == key_->key()) return;
    const auto old = std::exchange(calls_, {});
    session_ = std::make_unique<session::session>(key_->key(), key_->salts(), key_->time_offset(),
                                                  *shared_->where.random, settings_.session);
    initialized_ = false;
    for (const auto& [id, call] : old) {
        if (call->idempotent)
            submit(call);
        else
            finish(*call, failure(errc::connection_closed));  // the old session may have carried it out
    }
}

/// What waited for the line.
void connection::submit_waiting() {
    for (const std::shared_ptr<pending>& call : std::exchange(waiting_, {}))
        submit(call);
}

void connection::submit(const std::shared_ptr<pending>& call) {
    if (!session_ || session_->key() != key_->key()) {
        waiting_.push_back(call);
        if (key_->temporary())
            key_turn_.notify();
        else if (line_ && line_key_)
            line_ends(errc::connection_closed);  // it carries nothing more; the next one has the new key
        return;
    }
    if (!is_up()) {
        waiting_.push_back(call);
        return;
    }
    // A wait that another line was told, or an answer that nobody waited for any more, holds for this
    // request, too: it is given the rest of that as the server would give it, and never sent.
    const time_point now = shared_->now();
    const rpc::flood_policy::key which = rpc::flood_key(settings_.dc, call->method);
    if (const auto until = shared_->floods.not_before(which, now))
        return finish(*call, rest_of_wait(*until, now));
    call->asked = now;
    call->wrapped = !initialized_;
    session::send_options how;
    how.idempotent = call->idempotent;
    const client_description who = settings_.anonymous ? anonymous(shared_->who) : shared_->who;
    call->id = session_->send(initialized_ ? call->request : init_connection(who, call->request), how);
    calls_[call->id] = call;
}

void connection::withdraw(const std::shared_ptr<pending>& call) {
    if (std::erase(waiting_, call) != 0) return;
    if (!taken(call->id)) return;
    session_->cancel(call->id);
    cancelled_method_ = call->method;
}

void connection::finish(pending& call, outcome<bytes> with) {
    if (call.done) return;
    call.done = true;
    if (with) {
        call.answer = std::move(with);
    } else {
        failure why = with.error();
        if (why.method.empty()) why.method = call.method;
        if (why.dc == 0) why.dc = settings_.dc;
        call.answer = std::move(why);
    }
    call.ready.notify();
}

void connection::fail_all(const failure& why) {
    const auto waiting = std::exchange(waiting_, {});
    const auto calls = std::exchange(calls_, {});
    for (const std::shared_ptr<pending>& call : waiting)
        finish(*call, why);
    for (const auto& [id, call] : calls) {
        session_->cancel(id);
        finish(*call, why);
    }
}

std::shared_ptr<connection::pending> connection::taken(session::request_id id) {
    const auto found = calls_.find(id);
    if (found == calls_.end()) return nullptr;
    std::shared_ptr<pending> call = std::move(found->second);
    calls_.erase(found);
    return call;
}

void connection::handle(session::event& what) {
    if (auto* answered = std::get_if<session::answer>(&what)) {
        const std::shared_ptr<pending> call = taken(answered->id);
        if (!call) return;
        line_answered_ = true;
        setbacks_.answered();
        last_answer_ = shared_->now();
        initialized_ = initialized_ || call->wrapped;
        if (call->asked) {
            const duration took = shared_->now() - *call->asked;
            if (took > duration{} && (min_rtt_ == duration{} || took < min_rtt_)) min_rtt_ = took;
        }
        finish(*call, std::move(answered->body));
    } else if (auto* refused = std::get_if<session::rpc_failure>(&what)) {
        line_answered_ = true;
        setbacks_.answered();
        last_answer_ = shared_->now();
        if (const std::shared_ptr<pending> call = taken(refused->id)) reject(call, *refused);
    } else if (auto* stray = std::get_if<session::stray_failure>(&what)) {
        const rpc::advice advice = rpc::classify(rpc::parse_error(stray->code, stray->text), true);
        if (advice.what == rpc::action::wait && !cancelled_method_.empty())
            shared_->floods.hold(rpc::flood_key(settings_.dc, cancelled_method_), shared_->now(),
                                 advice.delay);
    } else if (auto* lost = std::get_if<session::request_lost>(&what)) {
        if (const std::shared_ptr<pending> call = taken(lost->id)) finish(*call, why_lost(lost->why));
    } else if (std::holds_alternative<session::session_reset>(what)) {
        initialized_ = false;
    } else if (std::holds_alternative<session::salts_changed>(what)) {
        if (session_->key() == key_->key()) key_->set_salts(session_->salts());
    } else if (auto* shifted = std::get_if<session::time_changed>(&what)) {
        key_->set_time_offset(shifted->offset);
    } else if (auto* broken = std::get_if<session::line_broken>(&what)) {
        line_ends(failure(broken->code, broken->what));
    }
}

void connection::reject(const std::shared_ptr<pending>& call, const session::rpc_failure& why) {
    const rpc::rpc_error error = rpc::parse_error(why.code, why.text);
    const bool at_home = true;  // decides about 401 only, which is the caller's to judge
    const rpc::advice what = rpc::classify(error, at_home);
    const rpc::action advice = what.what;
    if (advice == rpc::action::wait)
        shared_->floods.hold(rpc::flood_key(settings_.dc, call->method), shared_->now(), what.delay);
    if (advice == rpc::action::init_connection && ++call->introductions < introductions_accepted) {
        initialized_ = false;
        submit(call);
        return;
    }
    // Only here it is known which key the request went out under: a late answer must not cost a newer one.
    const bool under_this_key = session_->key() == key_->key();
    if (advice == rpc::action::bind_again && key_->temporary() && ++call->bindings < bindings_accepted) {
        if (under_this_key) {
            shared_->log(log_level::warning, "the server does not know what the temporary key is bound to");
            key_->drop();
        }
        submit(call);
        return;
    }
    if (advice == rpc::action::session_dead && under_this_key) {
        if (key_->permanent()) key_->permanent()->drop();
        key_->drop();
    }
    failure told = failure_of(error);
    if (error.type == "CONNECTION_LAYER_INVALID")
        told.detail = "the server does not know layer " + std::to_string(stated_layer()) + " of the API";
    finish(*call, std::move(told));
}

}  // namespace mtproto::net
