// The key that a line's session uses: had before it begins, renewed in time, and moved on from.
#include "net/connection.hpp"
#include "net/pending.hpp"
#include "net/prove_key.hpp"
#include "net/rpc_failure.hpp"
#include "wire/obfuscated.hpp"

#include <boost/asio/experimental/awaitable_operators.hpp>

#include <algorithm>
#include <variant>

namespace mtproto::net {

key_wishes connection::wishes() const {
    key_wishes how;
    how.dc = wire::dc_mark{settings_.dc, shared_->test_cluster, settings_.media}.number();  // protocol 2.4
    how.media = settings_.media;
    how.answer_timeout = settings_.exchange_timeout;
    how.rsa_keys = settings_.rsa_keys;
    return how;
}

/// The sessions that making it took on this line.
io::awaitable<outcome<std::vector<std::int64_t>>> connection::have_key() {
    std::vector<std::int64_t> sessions;
    key_->expire(shared_->now());
    if (key_->doubted()) {
        const std::shared_ptr<const crypto::auth_key> doubted = key_->key();
        outcome<std::vector<std::int64_t>> proved = co_await prove_key(*shared_, key_, *line_, wishes());
        // Where it was given up the line ends with its key, which is no failure of what waits for another.
        if (!proved && !key_->key()) line_key_ = doubted;
        if (!proved) co_return proved.error();
        left_keys_ = std::move(*proved);
    }
    while (!key_->key()) {
        if (!key_->begin_exchange()) {
            const outcome<void> ended = co_await key_->exchange_of_another(settings_.media);
            if (!ended) co_return ended.error();
            continue;
        }
        const exchange_turn turn(*key_);
        outcome<made_key> made = co_await make_key(*shared_, *key_, *line_, wishes());
        if (!made) {
            turn.failed(made.error(), settings_.media);
            co_return made.error();
        }
        min_rtt_ = made->round_trip;
        left_keys_.insert(left_keys_.end(), made->refused_keys.begin(), made->refused_keys.end());
        sessions = std::move(made->sessions);
    }
    co_return sessions;
}

bool connection::key_is_another() const {
    return line_key_ != nullptr && line_key_ != key_->key();
}

/// When requests under way in a session whose key is no longer used are not waited for any more.
time_point connection::leave_by() const {
    return std::max(*moving_since_, last_answer_) + patience_with_old_session;
}

io::awaitable<void> connection::key_loop() {
    if (!key_->temporary()) {  // stays as long as the line does
        while (co_await key_turn_.wait()) {
        }
        co_return;
    }
    rpc::backoff pause;
    for (;;) {
        const time_point now = shared_->now();
        key_->expire(now);
        std::optional<time_point> next;
        if (key_is_another()) {
            if (!moving_since_) moving_since_ = now;
            if (calls_.empty() || now >= leave_by()) {
                if (key_->key()) {
                    move_over();
                    continue;
                }
                // The next line begins with making one.
                line_ends(errc::connection_closed);
                co_return;
            }
            next = leave_by();
        } else if (key_->life() && now >= key_->life()->renew_at && key_->begin_exchange()) {
            const exchange_turn turn(*key_);
            const outcome<void> renewed = co_await renew_key();
            if (!renewed && renewed.error().code == make_error_code(errc::cancelled)) co_return;
            if (!renewed) {
                shared_->log(log_level::warning, "no fresh temporary key: " + renewed.error().message());
                const duration asked = advice_on(renewed.error(), true).delay;
                key_->postpone_renewal(shared_->now() + pause.next(*shared_->where.random, asked));
            }
            continue;
        } else if (key_->life()) {
            // When another connection renews it, that tells of itself.
            next = now < key_->life()->renew_at ? key_->life()->renew_at : key_->life()->end;
        }
        if (!co_await rest_with_key(next)) co_return;
    }
}

/// Until then, or until there is something to look at. False when cancelled.
io::awaitable<bool> connection::rest_with_key(std::optional<time_point> until) {
    using namespace boost::asio::experimental::awaitable_operators;
    const auto went_well = [](const auto& woken) {
        return std::visit([](const result<void>& how) { return how.has_value(); }, woken);
    };
    if (until) {
        const auto woken =
            co_await (shared_->where.time->sleep_until(*until) || key_->changed() || key_turn_.wait());
        co_return went_well(woken);
    }
    const auto woken = co_await (key_->changed() || key_turn_.wait());
    co_return went_well(woken);
}

/// On a line of its own: the old key carries requests meanwhile.
io::awaitable<outcome<void>> connection::renew_key() {
    const destination where = next_destination();
    outcome<dialled> over = co_await reach(where);
    if (!over) co_return over.error();
    link aside(std::move(*over), shared_->buffers, *shared_->where.random, [] {});
    const outcome<made_key> made = co_await make_key(*shared_, *key_, aside, wishes());
    if (!made) co_return made.error();
    co_return outcome<void>{};
}

/// On with a session under the present key, on the same line.
void connection::move_over() {
    left_keys_.push_back(line_key_->id());
    moving_since_.reset();
    session_->disconnected(shared_->now());
    ++line_number_;  // packets that are being opened are for the old session
    begin_session();
    line_key_ = session_->key();
    session_->connected(shared_->now());
    submit_waiting();
    after_session();
}

}  // namespace mtproto::net
