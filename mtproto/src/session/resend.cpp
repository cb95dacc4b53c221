// Which requests go out again, and how (protocol 4.8, 5.4 to 5.6): always with new msg_ids.
#include "session/session.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::session {
namespace {

// A request that is refused this often meets a bug, here or there.
constexpr int most_refusals = 5;

}  // namespace

/// The requests of a message: itself, or all members when it is a container.
std::vector<request_id> session::sent_in(std::int64_t msg_id) const {
    std::vector<request_id> found;
    for (const auto& [id, request] : requests_.all())
        if (!request.queued && (request.packet_id == msg_id || request.msg_ids.back() == msg_id))
            found.push_back(id);
    return found;
}

/// These were certainly not carried out.
void session::send_again(const std::vector<request_id>& which) {
    for (auto id = which.rbegin(); id != which.rend(); ++id)
        if (pending* request = requests_.find(*id)) requests_.requeue(*request);
}

void session::refused(const std::vector<request_id>& which) {
    for (const request_id id : which) {
        pending* request = requests_.find(id);
        if (request && ++request->refused >= most_refusals) lose(id, errc::bad_message);
    }
    send_again(which);
}

void session::lose(request_id id, errc why) {
    requests_.erase(id);
    events_.push_back(request_lost{id, why});
}

/// Whether the server carried it out cannot be learnt any more: it is done again if that does no harm.
void session::fate_unknown(pending& request) {
    if (request.options.idempotent)
        requests_.requeue(request);
    else
        lose(request.id, errc::connection_closed);
}

/// There will be no answer to this sending of a request.
void session::answer_dropped(pending& request, std::int64_t msg_id) {
    const bool earlier = request.queued || request.msg_ids.back() != msg_id;
    if (earlier)
        requests_.forget_msg_id(request, msg_id);  // the later sending is answered by itself
    else
        answer_lost(request);
}

/// The server carried it out and cannot answer it any more.
void session::answer_lost(pending& request) {
    if (++request.refused >= most_refusals) return lose(request.id, errc::timed_out);
    if (request.options.idempotent) drops_.push_back(request.msg_ids.back());  // should it turn up after all
    fate_unknown(request);
}

/// A new link: what the last one left without an answer.
void session::recover_after_reconnect() {
    std::vector<request_id> again;
    for (auto& [id, request] : requests_.all()) {
        if (request.queued) continue;
        if (request.options.idempotent) {
            drops_.push_back(request.msg_ids.back());  // or the server would answer both
            again.push_back(id);
        } else {
            request.acknowledged = false;  // so that it is asked about soon again
            request.silent_states = 0;
            request.asked = last_heard_;
            request.awaited = last_heard_;
            if (request.answer_id != 0) resend_asks_.push_back(request.answer_id);
            state_asks_.push_back(request.msg_ids.back());
        }
    }
    send_again(again);
}

/// Goes on with a new session id. What was under way in the old session is sent again when it certainly did
/// not come to anything, or may be done twice.
void session::begin_anew(const std::vector<request_id>& certainly_lost) {
    dead_sessions_.push_back(session_id_);
    passes_over(session_id_);
    while (true) {
        const auto id = static_cast<std::int64_t>(random_->next_u64());
        if (id == 0 || id == session_id_) continue;
        session_id_ = id;
        break;
    }
    content_count_ = 0;
    complained_up_to_ = 0;  // ids may begin anew, too
    sent_.clear();
    window_.clear();
    acks_.clear();
    acks_due_ = false;
    drops_.clear();
    state_asks_.clear();
    resend_asks_.clear();
    state_replies_.clear();
    service_log_.clear();
    salts_asked_.reset();
    pings_.clear();
    ping_wanted_ = settings_.keep_alive;
    events_.push_back(session_reset{});

    refused(certainly_lost);
    std::vector<request_id> others;
    for (const auto& [id, request] : requests_.all())
        if (!request.queued) others.push_back(id);
    for (const request_id id : others)
        if (!requests_.find(id)->options.idempotent) lose(id, errc::connection_closed);
    send_again(others);
    for (auto& [id, request] : requests_.all())
        requests_.forget_msg_ids(request);
}

}  // namespace mtproto::session
