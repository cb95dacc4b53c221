// What is due when: acknowledgements, pings, questions about requests, and the end of a silent link.
#include "session/session.hpp"

#include <algorithm>

namespace mtproto::session {
namespace {

constexpr int most_doublings = 3;  // of the silence that a link is allowed

}  // namespace

time_point session::ask_state_at(const pending& request) const {
    return std::max(request.sent, request.asked) +
           (request.acknowledged ? settings_.ask_again_after : settings_.ask_state_after);
}

void session::want_ping(time_point now) {
    if (!settings_.keep_alive) return;
    ping_wanted_ = true;
    if (!probed_) probed_ = now;
}

/// Since when something is awaited and nothing was heard; nothing when no request is under way.
std::optional<time_point> session::waiting_since() const {
    std::optional<time_point> oldest;
    for (const auto& [id, request] : requests_.all())
        if (!request.queued) oldest = std::min(oldest.value_or(request.sent), request.sent);
    if (oldest) oldest = std::max(*oldest, last_heard_);
    return oldest;
}

/// When a request ends without an answer: its link lives, but nothing tells that one may be on its way.
time_point session::answer_due(const pending& request) const {
    return std::min(request.awaited + settings_.answer_limit, request.first_sent + settings_.longest_answer);
}

void session::end_unanswered(time_point now) {
    std::vector<request_id> over;
    for (const auto& [id, request] : requests_.all())
        if (!request.queued && now >= answer_due(request)) over.push_back(id);
    for (const request_id id : over) {
        drops_.push_back(requests_.find(id)->msg_ids.back());
        lose(id, errc::timed_out);
    }
}

/// How long nothing may be heard while a ping is out.
duration session::silence_limit() const {
    const duration patience = settings_.silence_limit * (1 << std::min(silent_lines_, most_doublings));
    return std::max(patience, settings_.silence_round_trips * round_trip_.value_or(duration{}));
}

/// When silence ends the link; only when a ping is wanted or out since a packet verified last. It counts from
/// when the ping was wanted: a writer that is stuck never sends it. Bytes of a long packet postpone it.
time_point session::dead_at() const {
    const time_point usual = std::max(*probed_, last_heard_ + settings_.probe_after) + silence_limit();
    if (!doubted_) return usual;
    const duration patience =
        settings_.silence_round_trips * round_trip_.value_or(duration{}) + settings_.check_limit;
    return std::min(usual, std::max(*doubted_, last_heard_) + patience);
}

void session::check(time_point now) {
    if (!connected_ || broken_ || doubted_ || !settings_.keep_alive) return;
    doubted_ = now;
    want_ping(now);
}

void session::note_due(time_point now) {
    if (now >= last_ping_ + settings_.ping_interval) want_ping(now);
    if (!probed_)
        if (const auto since = waiting_since(); since && now >= *since + settings_.probe_after)
            want_ping(now);
    if (acks_.size() > settings_.ack_count || (!acks_.empty() && now >= oldest_ack_ + settings_.ack_delay))
        acks_due_ = true;
    for (auto& [id, request] : requests_.all()) {
        if (request.queued || now < ask_state_at(request)) continue;
        request.asked = now;
        state_asks_.push_back(request.msg_ids.back());
    }
}

void session::on_time(time_point now) {
    if (!connected_ || broken_) return;
    if (probed_ && now >= dead_at()) {
        if (!heard_on_line_) ++silent_lines_;
        return break_line(errc::timed_out, "the server is silent");
    }
    if (!pings_.empty() && now >= last_verified_ + settings_.unverified_limit)
        return break_line(errc::timed_out, "bytes come in, but no packet that verifies");
    end_unanswered(now);
    note_due(now);
}

// What is due already waits for next_packet, however long that takes, and for no time.
std::optional<time_point> session::deadline() const {
    if (!connected_ || broken_) return std::nullopt;
    time_point next = time_point::max();
    if (!ping_wanted_) next = last_ping_ + settings_.ping_interval;
    if (probed_)
        next = std::min(next, dead_at());
    else if (const auto since = waiting_since())
        next = std::min(next, *since + settings_.probe_after);
    if (!pings_.empty()) next = std::min(next, last_verified_ + settings_.unverified_limit);
    if (!acks_.empty() && !acks_due_) next = std::min(next, oldest_ack_ + settings_.ack_delay);
    for (const auto& [id, request] : requests_.all())
        if (!request.queued) next = std::min({next, ask_state_at(request), answer_due(request)});
    if (next == time_point::max()) return std::nullopt;
    return next;
}

}  // namespace mtproto::session
