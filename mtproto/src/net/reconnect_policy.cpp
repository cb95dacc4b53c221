// Pauses grow once each address was tried; failures count until an answer.
#include "net/reconnect_policy.hpp"

#include "net/rpc_failure.hpp"
#include "wire/transport_errors.hpp"

#include <algorithm>

namespace mtproto::net {
namespace {

/// Answers with keys that nobody knows, or failures before one.
constexpr int strangers_put_up_with = 2;

}  // namespace

time_point reconnect_policy::next_attempt(time_point now) const {
    return std::max(pause_end_, pacing_.allowed(now));
}

void reconnect_policy::attempt(time_point now) {
    pacing_.attempt(now);
    link_has_answered_ = false;
}

void reconnect_policy::answered(time_point now) noexcept {
    link_has_answered_ = true;
    setbacks_.answered();
    last_answer_ = now;
}

reconnect_policy::verdict reconnect_policy::setback(const failure& why, const circumstances& of,
                                                    time_point now, random_source& random) {
    pause_after(why, of, now, random);
    last_setback_ = why;
    verdict said;
    const rpc::advice advice = advice_on(why, true);  // of a binding
    if (advice.action == rpc::action::wait) {
        said.is_flood = true;
        pause_end_ = std::max(pause_end_, now + advice.delay);
    } else if (of.counts) {
        said.limit = limit_for(why, of.addresses);
        said.gives_up_all = of.wanted && setbacks_.add(now, said.limit);
    }
    return said;
}

void reconnect_policy::pause_after(const failure& why, const circumstances& of, time_point now,
                                   random_source& random) {
    pause_end_ = {};
    if (link_has_answered_)
        pacing_.worked();
    else
        pacing_.failed();
    if (link_has_answered_ || of.key_is_gone) {
        backoff_.reset();
    } else {
        // Another address is another chance: the pause comes, and grows, once each was tried.
        ++next_address_;
        if (of.addresses == 0 || next_address_ % of.addresses == 0) pause_end_ = now + backoff_.next(random);
    }
    if (why.rpc_code == wire::too_many_connections) pause_end_ = std::max(pause_end_, now + flood_pause);
}

int reconnect_policy::limit_for(const failure& why, std::size_t addresses) const noexcept {
    if (options_.fail_on_429 && why.rpc_code == wire::too_many_connections) return 1;
    const int at_first = options_.give_up_at_first_failure ? 1 : setbacks_before_first_link;
    const int least = ever_verified_ ? setbacks_after : at_first;
    const int limit = std::max(least, static_cast<int>(addresses));
    // Another try cannot mend that the server is not the one whose key is known; but its answer is not
    // proved, and one may have been changed on its way.
    const bool is_stranger = why.code == make_error_code(errc::unknown_rsa_key);
    return is_stranger ? std::min(limit, strangers_put_up_with) : limit;
}

void reconnect_policy::gave_up(const failure& why) noexcept {
    backoff_.reset();
    if (why.rpc_code != wire::too_many_connections) pause_end_ = {};
}

void reconnect_policy::hurry() noexcept {
    pause_end_ = {};
    backoff_.reset();
}

}  // namespace mtproto::net
