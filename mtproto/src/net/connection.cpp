// The life of a connection: one link after the other, with pauses between those that fail.
#include "net/connection.hpp"

#include "base/scope_exit.hpp"
#include "net/key_keeper.hpp"
#include "net/within.hpp"
#include "wire/transport_errors.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <utility>

namespace mtproto::net {

std::shared_ptr<connection> connection::make(std::shared_ptr<services> shared, std::shared_ptr<key_slot> key,
                                             connection_options settings) {
    return std::shared_ptr<connection>(
        new connection(std::move(shared), std::move(key), std::move(settings)));
}

connection::connection(std::shared_ptr<services> shared, std::shared_ptr<key_slot> key,
                       connection_options settings)
    : shared_(std::move(shared)),
      key_(std::move(key)),
      options_(std::move(settings)),
      policy_({options_.give_up_at_first_failure, options_.fail_on_429}),
      wait_(options_.dc),
      calls_(*shared_, *key_, options_, policy_),
      wanted_(shared_->environment.executor),
      checked_(shared_->environment.executor) {}

connection::~connection() = default;

void connection::start() {
    start_wanted_ = !held_too_long();
    begin_to_live();
}

void connection::hurry() {
    policy_.hurry();
    wanted_.notify();
    if (!calls_.is_connected() || pump_->end_reason()) return;
    pump_->hurry_read();
    calls_.session()->check(shared_->now());
    after_session();
}

void connection::begin_to_live() {
    wanted_.notify();
    if (state_ != state::resting) return;
    state_ = state::living;
    io::asio::co_spawn(shared_->environment.executor, live(shared_from_this()),
                       io::asio::bind_cancellation_slot(stop_.slot(), io::asio::detached));
}

void connection::set_addresses(std::vector<io::endpoint> addresses) {
    if (addresses.empty() || addresses == options_.addresses) return;
    options_.addresses = std::move(addresses);
    policy_.addresses_changed();
}

void connection::close() noexcept {
    if (is_closed()) return;
    state_ = state::closed;
    calls_.fail_all(errc::connection_closed);
    checked_.notify();
    if (pump_) pump_->close();
    stop_.emit(io::asio::cancellation_type::terminal);
}

io::awaitable<void> connection::live(std::shared_ptr<connection> self) {
    using namespace boost::asio::experimental::awaitable_operators;
    // Whatever ends this, nobody may wait for it in vain.
    const scope_exit nobody_waits([&of = *self] {
        if (!of.is_closed()) of.state_ = state::resting;
        of.calls_.fail_all(errc::connection_closed);
    });
    while (!self->is_closed()) {
        if (!self->start_wanted_ && self->under_way() == 0) {
            if (!co_await self->wanted_.wait()) co_return;
            if (self->shared_->now() >= self->policy_.pause_end()) self->wait_.ends();
            continue;
        }
        const time_point now = self->shared_->now();
        const time_point next = self->policy_.next_attempt(now);
        if (next > now) {
            self->wait_.attempt_at(next);
            // wanted_: perhaps sooner, as hurry() says.
            const auto woken =
                co_await (self->shared_->environment.time->sleep_until(next) || self->wanted_.wait());
            const bool cancelled =
                woken.index() == 0 ? std::get<0>(woken).has_error() : std::get<1>(woken).has_error();
            if (cancelled) co_return;
            continue;
        }
        self->wait_.attempt_begins();
        const outcome<void> ended = co_await self->one_link();
        if (self->is_closed()) co_return;
        self->setback(ended.has_error() ? ended.error() : failure(errc::connection_closed));
    }
}

io::awaitable<outcome<void>> connection::one_link() {
    policy_.attempt(shared_->now());
    keys_ = rekeying(key_->permanent() ? key_->permanent()->key() : nullptr);
    if (options_.addresses.empty()) co_return failure(errc::connection_failed, "no address is known");
    const destination where = next_destination();
    outcome<dialled> over = co_await dial(where);
    if (!over) co_return over.error();

    pump_ =
        std::make_shared<session_pump>(*shared_, *key_, calls_, keys_, std::move(*over), weak_from_this());
    const scope_exit link_ends([this] {
        pump_->close();
        pump_.reset();
        calls_.disconnect();
    });
    key_keeper keeper(*shared_, key_, options_, keys_, [this] { return dial(next_destination()); });
    const outcome<obtained_key> obtained = co_await keeper.obtain(pump_->transport());
    if (!obtained) co_return explained(obtained.error(), where);
    if (obtained->round_trip) calls_.set_round_trip(*obtained->round_trip);
    start_wanted_ = false;
    wait_.link_is_up();
    pump_->begin_session(obtained->ended_sessions);
    checked_.notify();
    co_await pump_->run(keeper.keep(*pump_, calls_, policy_));
    // Whole packets may have come just before the end: with the link they would go unread.
    shared_->packets.flush();
    co_return explained(pump_->end_reason().value_or(failure(errc::connection_closed)), where);
}

destination connection::next_destination() const {
    destination where;
    where.dc = options_.dc;
    where.media = options_.media;
    where.test = shared_->test_cluster;
    where.address = options_.addresses[policy_.address(options_.addresses.size())];
    where.time_offset = key_->time_offset();
    where.connect_timeout = options_.connect_timeout;
    return where;
}

io::awaitable<outcome<dialled>> connection::dial(destination where) {
    const time_point deadline = shared_->now() + options_.connect_timeout + shared_->dialer->proxy_time();
    outcome<dialled> made =
        co_await within(*shared_->environment.time, deadline, shared_->dialer->dial(where));
    if (!made && made.error().detail.empty()) {
        failure named = made.error();
        named.detail = shared_->dialer->describe(where);
        co_return named;
    }
    co_return made;
}

/// A proxy that does not like the secret closes, or says nothing: the error names it.
failure connection::explained(failure why, const destination& where) const {
    const bool vague = why.code == errc::connection_closed || why.code == errc::timed_out;
    if (vague && why.detail.empty() && !policy_.link_has_answered())
        why.detail = shared_->dialer->describe(where);
    return why;
}

void connection::setback(failure why) {
    if (why.dc == 0) why.dc = options_.dc;
    shared_->log(log_level::info, "connection lost: " + why.message());
    const bool refused = why.rpc_code == wire::no_such_key && keys_.key();
    if (refused && key_->refused(keys_.key(), shared_->now()))
        shared_->log(log_level::warning, key_->temporary()
                                             ? "the server has forgotten the temporary key"
                                             : "the server has forgotten the authorization key");
    if (why.rpc_code == wire::wrong_dc && options_.on_wrong_dc) options_.on_wrong_dc();
    reconnect_policy::circumstances of;
    of.addresses = options_.addresses.size();
    // What was asked under a key that is given up by now has not failed: the next key serves for it. But a
    // server could go on for ever to make temporary keys and to forget them.
    of.key_is_gone = keys_.is_given_up(key_->key(), key_->permanent() ? key_->permanent()->key() : nullptr);
    of.counts = !of.key_is_gone || (refused && key_->temporary());
    of.wanted = start_wanted_ || checks_ > 0 || under_way() > 0;
    const reconnect_policy::verdict verdict =
        policy_.setback(why, of, shared_->now(), *shared_->environment.random);
    if (verdict.gives_up_all) start_wanted_ = false;
    if (verdict.limit > 0 && calls_.add_setback(why, verdict.limit, verdict.gives_up_all))
        policy_.gave_up(why);
    wait_.setback(why, verdict.is_flood ? std::optional(policy_.pause_end()) : std::nullopt, shared_->now());
    if (const std::optional<failure> held = held_too_long()) {
        start_wanted_ = false;
        calls_.fail_all(*held);
    }
    checked_.notify();
}

std::optional<wait_info> connection::wait() const {
    return under_way() > 0 || start_wanted_ ? wait_.info() : std::nullopt;
}

std::optional<failure> connection::held_too_long() const {
    return wait_.held_too_long(shared_->now(), shared_->max_wait);
}

void connection::hurry_read() {
    if (pump_) pump_->hurry_read();
}

void connection::decrypted(std::uint64_t epoch, result<wire::opened> message) {
    if (is_closed() || !pump_ || epoch != calls_.epoch()) return;
    if (message) {
        if (keys_.key() == key_->key()) key_->accepted();
        policy_.verified();
        wait_.ends();
    }
    session::session& session = *calls_.session();
    const bool asked = session.doubted() || !session.proven();
    session.receive(std::move(message), shared_->now(), shared_->unix_now());
    if (asked) checked_.notify();
    after_session();
}

void connection::after_session() {
    if (pump_) return pump_->after_session();
    while (std::optional<session::event> event = calls_.session()->next_event())
        std::ignore = calls_.handle(*event);  // without a link nothing is to be done about its key
}

io::awaitable<outcome<void>> connection::check(std::shared_ptr<connection> self) {
    ++self->checks_;
    const scope_exit looked([&of = *self] { --of.checks_; });
    const int given_up = self->policy_.given_up();
    // One whose first packet is still to come is asked already, and has more patience.
    if (self->calls_.is_connected() && self->calls_.session()->proven()) {
        self->pump_->hurry_read();
        self->calls_.session()->check(self->shared_->now());
        self->after_session();
    }
    for (;;) {
        if (self->is_closed()) co_return errc::connection_closed;
        const bool up = self->calls_.is_connected() && !self->pump_->end_reason();
        if (up && self->calls_.session()->proven() && !self->calls_.session()->doubted())
            co_return outcome<void>();
        if (self->policy_.given_up() != given_up) co_return self->policy_.last_setback();
        if (!self->calls_.is_connected() && !self->start_wanted_) self->start();
        if (const result<void> waited = co_await self->checked_.wait(); !waited)
            co_return failure(waited.error());
    }
}

/// Takes a call back whose caller went away, however it went.
class connection::cancel_guard {
  public:
    cancel_guard(connection& from, session_calls::call_ptr call) : from_(from), call_(std::move(call)) {}
    cancel_guard(const cancel_guard&) = delete;
    cancel_guard& operator=(const cancel_guard&) = delete;
    ~cancel_guard() {
        if (call_->done) return;
        call_->on_done = nullptr;
        from_.calls_.withdraw(call_);
        if (from_.calls_.session() && !from_.is_closed()) from_.after_session();
    }

  private:
    connection& from_;
    session_calls::call_ptr call_;
};

io::awaitable<outcome<bytes>> connection::call(bytes request, std::string method, bool idempotent) {
    const std::shared_ptr<connection> self = shared_from_this();
    io::event ready(shared_->environment.executor);
    const auto call = std::make_shared<pending_call>();
    call->request = std::move(request);
    call->method = std::move(method);
    call->idempotent = idempotent;
    call->on_done = [&ready] { ready.notify(); };
    if (is_closed()) {
        calls_.finish(*call, failure(errc::connection_closed));
        co_return std::move(call->answer);
    }
    if (const std::optional<failure> held = held_too_long()) co_return *held;
    const cancel_guard guard(*this, call);
    if (!calls_.submit(call) && pump_) pump_->key_is_wanted();
    if (calls_.session()) after_session();
    begin_to_live();
    while (!call->done) {
        if (!co_await ready.wait() && !call->done) {
            failure gone(errc::cancelled);
            gone.method = call->method;
            gone.dc = options_.dc;
            co_return gone;
        }
    }
    co_return std::move(call->answer);
}

}  // namespace mtproto::net
