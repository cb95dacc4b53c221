// What a connection's requests wait for while no line serves them.
#include "net/connection.hpp"
#include "net/rpc_failure.hpp"

namespace mtproto::net {

std::optional<wait_info> connection::wait() const {
    return under_way() > 0 || start_wanted_ ? wait_ : std::nullopt;
}

/// After a setback; resume_at_ is known. A flood is that of a binding, before any request.
void connection::wait_begins(const failure& why, bool flood) {
    if (!wait_) {
        wait_.emplace();
        wait_->dc = settings_.dc;
        wait_->begin = shared_->now();
    }
    wait_->kind = flood ? wait_kind::flood : wait_kind::outage;
    wait_->method = flood ? why.method : "";
    wait_->end.reset();
    if (flood) wait_->end = resume_at_;
    if (const std::optional<failure> held = held_too_long()) {
        start_wanted_ = false;
        fail_all(*held);
    }
}

void connection::attempt_begins() {
    if (!wait_) return;
    wait_->kind = wait_kind::outage;
    wait_->method.clear();
    wait_->end.reset();
}

/// What requests are told while the server wants a longer pause than the client waits for.
std::optional<failure> connection::held_too_long() const {
    if (!wait_ || wait_->kind != wait_kind::flood || !wait_->end) return std::nullopt;
    const time_point now = shared_->now();
    if (*wait_->end - now <= shared_->max_wait) return std::nullopt;
    failure held = rest_of_wait(*wait_->end, now);
    held.method = wait_->method;
    held.dc = settings_.dc;
    return held;
}

}  // namespace mtproto::net
