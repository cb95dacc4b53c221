// What is due when: acknowledgements, pings, questions about requests, and the end of a silent line.
#include "session/session.hpp"

#include <algorithm>

namespace mtproto::session {

bool session::acks_are_due(time_point now) const {
    return !acks_.empty() && (acks_.size() > settings_.ack_count || now >= oldest_ack_ + settings_.ack_delay);
}

time_point session::ask_state_at(const pending& request) const {
    return std::max(request.sent, request.asked) + settings_.ask_state_after;
}

void session::note_due(time_point now) {
    if (!ping_) {
        const bool quiet =
            under_way() > 0 && now >= std::max(last_heard_, last_request_) + settings_.probe_after;
        if (quiet || now >= last_ping_ + settings_.ping_interval) ping_wanted_ = true;
    }
    for (auto& [id, request] : requests_.all()) {
        if (request.queued || request.acknowledged || now < ask_state_at(request)) continue;
        request.asked = now;
        state_asks_.push_back(request.msg_ids.back());
    }
}

void session::on_time(time_point now) {
    if (!connected_ || broken_) return;
    if (ping_ && now >= std::max(last_heard_, ping_->sent) + settings_.silence_limit) {
        break_line(errc::timed_out, "the server is silent");
        return;
    }
    note_due(now);
}

std::optional<time_point> session::deadline() const {
    if (!connected_ || broken_) return std::nullopt;
    time_point next = ping_ ? std::max(last_heard_, ping_->sent) + settings_.silence_limit
                            : last_ping_ + settings_.ping_interval;
    if (!ping_ && under_way() > 0)
        next = std::min(next, std::max(last_heard_, last_request_) + settings_.probe_after);
    if (!acks_.empty()) next = std::min(next, oldest_ack_ + settings_.ack_delay);
    for (const auto& [id, request] : requests_.all())
        if (!request.queued && !request.acknowledged) next = std::min(next, ask_state_at(request));
    return next;
}

}  // namespace mtproto::session
