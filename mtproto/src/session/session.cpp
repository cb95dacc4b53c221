// A session's own life: requests come and go, links come and go.
#include "session/session.hpp"

#include <algorithm>
#include <utility>

namespace mtproto::session {
namespace {

// Packets for a session that has ended come within moments of its end.
constexpr std::size_t most_abandoned = 16;

// Time, salt and a new session each cost one complaint; a busy link may collect a few packets' worth.
constexpr int most_complaints = 32;

std::int64_t draw_session_id(random_source& random) {
    for (;;)
        if (const auto id = static_cast<std::int64_t>(random.next_u64()); id != 0) return id;
}

}  // namespace

session::session(std::shared_ptr<const crypto::auth_key> key, salt_book salts, duration time_offset,
                 random_source& random, options settings)
    : key_(std::move(key)),
      random_(&random),
      settings_(settings),
      salts_(std::move(salts)),
      session_id_(draw_session_id(random)),
      reported_offset_(time_offset) {
    ids_.set_offset(time_offset);
}

request_id session::send(bytes body, send_options how) {
    pending made;
    made.body = std::move(body);
    made.options = how;
    if (how.compress)
        if (std::optional<bytes> packed = wire::pack_gzip(made.body)) made.body = std::move(*packed);
    return requests_.add(std::move(made), how.urgent);
}

request_id session::send(body_maker make, send_options how) {
    pending made;
    made.make = std::move(make);
    made.options = how;
    return requests_.add(std::move(made), how.urgent);
}

void session::cancel(request_id id) {
    pending* request = requests_.find(id);
    if (!request) return;
    if (!request->queued && !request->msg_ids.empty()) drops_.push_back(request->msg_ids.back());
    requests_.erase(id);
}

void session::connected(time_point now) {
    connected_ = true;
    broken_ = false;
    complaints_ = 0;
    ++link_;
    last_heard_ = now;
    last_verified_ = now;
    last_ping_ = now;
    heard_on_line_ = false;
    proven_ = false;
    synchronised_ = false;
    pings_.clear();
    probed_.reset();
    doubted_.reset();
    want_ping(now);  // tells the server's time, and has the server close a link that dies
    recover_after_reconnect();
}

void session::disconnected(time_point) {
    connected_ = false;
    pings_.clear();
    service_log_.clear();
}

void session::heard(time_point now) {
    last_heard_ = now;
    heard_on_line_ = true;
}

// Only a packet that verifies, and was not received before, comes from the server and comes now.
void session::alive(time_point now) {
    heard(now);
    last_verified_ = now;
    proven_ = true;
    silent_lines_ = 0;
    probed_.reset();
    doubted_.reset();
}

void session::passes_over(std::int64_t session_id) {
    if (abandoned_.size() == most_abandoned) abandoned_.erase(abandoned_.begin());
    abandoned_.push_back(session_id);
}

std::optional<event> session::next_event() {
    if (events_.empty()) return std::nullopt;
    event first = std::move(events_.front());
    events_.pop_front();
    return first;
}

// A server that refuses whatever is sent would be answered for ever. Of several packets on their way with the
// same stale salt each is refused; what went out before the last remedy says nothing about that.
bool session::too_many_complaints(std::int64_t about) {
    if (about <= complained_up_to_) return false;
    complained_up_to_ = ids_.last();
    if (++complaints_ <= most_complaints) return false;
    break_line(errc::bad_message, "the server refuses every message");
    return true;
}

void session::break_line(errc code, std::string what) {
    if (broken_) return;
    broken_ = true;
    events_.push_back(link_broken{code, std::move(what)});
}

}  // namespace mtproto::session
