// A flood here is that of a binding, before any request.
#include "net/connection_wait.hpp"

#include "net/rpc_failure.hpp"

namespace mtproto::net {

void connection_wait::setback(const failure& why, std::optional<time_point> flood_end, time_point now) {
    if (!info_) {
        info_.emplace();
        info_->dc = dc_;
        info_->begin = now;
    }
    info_->kind = flood_end ? wait_kind::flood : wait_kind::outage;
    info_->method = flood_end ? why.method : "";
    info_->end = flood_end;
}

void connection_wait::attempt_at(time_point moment) {
    if (info_) info_->end = moment;
}

void connection_wait::attempt_begins() {
    if (!info_) return;
    info_->kind = wait_kind::outage;
    info_->method.clear();
    info_->end.reset();
}

void connection_wait::link_is_up() {
    if (info_) info_->kind = wait_kind::silence;
}

std::optional<failure> connection_wait::held_too_long(time_point now, duration bound) const {
    if (!info_ || info_->kind != wait_kind::flood || !info_->end) return std::nullopt;
    if (*info_->end - now <= bound) return std::nullopt;
    failure held = rest_of_wait(*info_->end, now);
    held.method = info_->method;
    held.dc = dc_;
    return held;
}

}  // namespace mtproto::net
