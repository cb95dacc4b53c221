// The life of a connection: one line after the other, with pauses between those that fail.
#include "net/connection.hpp"

#include "net/pending.hpp"
#include "net/rpc_failure.hpp"
#include "net/within.hpp"
#include "wire/transport_errors.hpp"

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>

namespace mtproto::net {
namespace {

/// Answers with keys that nobody knows, or failures before one.
constexpr int strangers_put_up_with = 2;

}  // namespace

std::shared_ptr<connection> connection::make(std::shared_ptr<services> shared, std::shared_ptr<key_slot> key,
                                             connection_options settings) {
    return std::shared_ptr<connection>(
        new connection(std::move(shared), std::move(key), std::move(settings)));
}

connection::connection(std::shared_ptr<services> shared, std::shared_ptr<key_slot> key,
                       connection_options settings)
    : shared_(std::move(shared)),
      key_(std::move(key)),
      settings_(std::move(settings)),
      wanted_(shared_->where.executor),
      writable_(shared_->where.executor),
      sooner_(shared_->where.executor),
      key_turn_(shared_->where.executor),
      checked_(shared_->where.executor) {}

connection::~connection() = default;

void connection::start() {
    start_wanted_ = !held_too_long();
    begin_to_live();
}

void connection::hurry() {
    resume_at_ = {};
    backoff_.reset();
    wanted_.notify();
    if (!is_up() || line_failure_) return;
    line_->hurry();
    session_->check(shared_->now());
    after_session();
}

void connection::begin_to_live() {
    wanted_.notify();
    if (living_ || closed_) return;
    living_ = true;
    io::asio::co_spawn(shared_->where.executor, live(shared_from_this()),
                       io::asio::bind_cancellation_slot(stop_.slot(), io::asio::detached));
}

void connection::set_addresses(std::vector<io::endpoint> where) {
    if (where.empty() || where == settings_.addresses) return;
    settings_.addresses = std::move(where);
    next_address_ = 0;
}

void connection::close() noexcept {
    if (closed_) return;
    closed_ = true;
    fail_all(errc::connection_closed);
    checked_.notify();
    if (line_) line_->close();
    stop_.emit(io::asio::cancellation_type::terminal);
}

io::awaitable<void> connection::live(std::shared_ptr<connection> self) {
    using namespace boost::asio::experimental::awaitable_operators;
    // Whatever ends this, nobody may wait for it in vain.
    struct on_exit {
        connection& of;
        ~on_exit() {
            of.living_ = false;
            of.fail_all(errc::connection_closed);
        }
    };
    const on_exit guard{*self};
    while (!self->closed_) {
        if (!self->start_wanted_ && self->under_way() == 0) {
            if (!co_await self->wanted_.wait()) co_return;
            if (self->shared_->now() >= self->resume_at_) self->wait_.reset();
            continue;
        }
        const time_point now = self->shared_->now();
        const time_point when = std::max(self->resume_at_, self->pacing_.allowed(now));
        if (when > now) {
            if (self->wait_) self->wait_->end = when;
            // wanted_: perhaps sooner, as hurry() says.
            const auto woken =
                co_await (self->shared_->where.time->sleep_until(when) || self->wanted_.wait());
            const bool cancelled =
                woken.index() == 0 ? std::get<0>(woken).has_error() : std::get<1>(woken).has_error();
            if (cancelled) co_return;
            continue;
        }
        self->attempt_begins();
        const outcome<void> ended = co_await self->one_line();
        if (self->closed_) co_return;
        self->setback(ended.has_error() ? ended.error() : failure(errc::connection_closed));
    }
}

io::awaitable<outcome<void>> connection::one_line() {
    pacing_.attempt(shared_->now());
    line_answered_ = false;
    line_failure_.reset();
    line_key_.reset();
    line_permanent_ = key_->permanent() ? key_->permanent()->key() : nullptr;
    left_keys_.clear();
    moving_since_.reset();
    if (settings_.addresses.empty()) co_return failure(errc::connection_failed, "no address is known");
    const destination where = next_destination();
    outcome<dialled> over = co_await reach(where);
    if (!over) co_return over.error();

    struct on_exit {
        connection& of;
        ~on_exit() {
            of.line_->close();
            of.line_.reset();
            of.partial_.reset();
            if (of.session_) of.session_->disconnected(of.shared_->now());
        }
    };
    line_ = std::make_shared<link>(std::move(*over), shared_->buffers, *shared_->where.random,
                                   [this] { heard(); });
    const on_exit guard{*this};

    // A proxy that does not like the secret closes, or says nothing: the error names it.
    const auto told = [&](failure why) {
        const bool vague = why.code == errc::connection_closed || why.code == errc::timed_out;
        if (vague && why.detail.empty() && !line_answered_) why.detail = shared_->dial->describe(where);
        return why;
    };
    const outcome<std::vector<std::int64_t>> ended = co_await have_key();
    if (!ended) co_return told(ended.error());
    start_wanted_ = false;
    ++line_number_;
    begin_session();
    for (const std::int64_t session_id : *ended)
        session_->passes_over(session_id);
    line_key_ = session_->key();
    session_->connected(shared_->now());
    if (wait_) wait_->kind = wait_kind::silence;
    submit_waiting();
    after_session();
    checked_.notify();
    co_await serve();
    // Whole packets may have come just before the end: with the line they would go unread.
    shared_->packets.flush();
    co_return told(line_failure_.value_or(failure(errc::connection_closed)));
}

destination connection::next_destination() const {
    destination where;
    where.dc = settings_.dc;
    where.media = settings_.media;
    where.test = shared_->test_cluster;
    where.address = settings_.addresses[next_address_ % settings_.addresses.size()];
    where.time_offset = key_->time_offset();
    where.connect_timeout = settings_.connect_timeout;
    return where;
}

io::awaitable<outcome<dialled>> connection::reach(const destination& where) {
    const time_point deadline = shared_->now() + settings_.connect_timeout + shared_->dial->proxy_time();
    outcome<dialled> made = co_await within(*shared_->where.time, deadline, shared_->dial->dial(where));
    if (!made && made.error().detail.empty()) {
        failure named = made.error();
        named.detail = shared_->dial->describe(where);
        co_return named;
    }
    co_return made;
}

void connection::setback(failure why) {
    if (why.dc == 0) why.dc = settings_.dc;
    shared_->log(log_level::info, "connection lost: " + why.message());
    const bool refused = why.rpc_code == wire::no_such_key && line_key_;
    if (refused && key_->refused(line_key_, shared_->now()))
        shared_->log(log_level::warning, key_->temporary()
                                             ? "the server has forgotten the temporary key"
                                             : "the server has forgotten the authorization key");
    if (why.rpc_code == wire::wrong_dc && settings_.on_wrong_dc) settings_.on_wrong_dc();
    // What was asked under a key that is given up by now has not failed: the next key serves for it. But a
    // server could go on for ever to make temporary keys and to forget them.
    const bool permanent_is_gone = line_permanent_ && line_permanent_ != key_->permanent()->key();
    const bool key_is_gone = permanent_is_gone || (line_key_ && line_key_ != key_->key());
    pause_after(why, key_is_gone);
    const rpc::advice advice = advice_on(why, true);  // of a binding
    if (advice.what == rpc::action::wait)
        resume_at_ = std::max(resume_at_, shared_->now() + advice.delay);
    else if (!key_is_gone || (refused && key_->temporary()))
        count_setback(why);
    wait_begins(why, advice.what == rpc::action::wait);
    last_setback_ = std::move(why);
    checked_.notify();
}

void connection::pause_after(const failure& why, bool key_is_gone) {
    resume_at_ = {};
    if (line_answered_)
        pacing_.worked();
    else
        pacing_.failed();
    if (line_answered_ || key_is_gone) {
        backoff_.reset();
    } else {
        // Another address is another chance: the pause comes, and grows, once each was tried.
        ++next_address_;
        if (settings_.addresses.empty() || next_address_ % settings_.addresses.size() == 0)
            resume_at_ = shared_->now() + backoff_.next(*shared_->where.random);
    }
    if (why.rpc_code == wire::too_many_connections)
        resume_at_ = std::max(resume_at_, shared_->now() + flood_pause);
}

void connection::count_setback(const failure& why) {
    // Another try cannot mend that the server is not the one whose key is known; but its answer is not
    // proved, and one may have been changed on its way.
    const bool handed_back = settings_.fail_on_429 && why.rpc_code == wire::too_many_connections;
    const bool strange = why.code == make_error_code(errc::unknown_rsa_key);
    const int at_first = settings_.give_up_at_first_failure ? 1 : setbacks_before_first_line;
    const int least = ever_connected_ ? setbacks_after : at_first;
    const int each = std::max(least, static_cast<int>(settings_.addresses.size()));
    const int limit = handed_back ? 1 : std::min(each, strange ? strangers_put_up_with : each);
    const bool waited_for = start_wanted_ || checks_ > 0 || under_way() > 0;
    const bool too_many = waited_for && setbacks_.add(shared_->now(), limit);
    if (too_many) start_wanted_ = false;
    std::vector<std::shared_ptr<pending>> all = waiting_;
    for (const auto& [id, call] : calls_)
        all.push_back(call);
    for (const std::shared_ptr<pending>& call : all) {
        if (++call->setbacks < limit && !too_many) continue;
        withdraw(call);
        finish(*call, why);
        // Who asks again is answered as soon as this one was; the pacing still holds.
        backoff_.reset();
        if (why.rpc_code != wire::too_many_connections) resume_at_ = {};
    }
}

}  // namespace mtproto::net
