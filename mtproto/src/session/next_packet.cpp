// Composes packets: service messages and requests bundled into containers, numbered and sealed
// (protocol 4.6, 4.7, 5.1).
#include "session/session.hpp"
#include "wire/service_messages.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <algorithm>
#include <utility>

namespace mtproto::session {
namespace {

// Salts are asked for again after this long when no answer came.
constexpr duration ask_salts_again = std::chrono::minutes(1);

// Takes as many ids from the front as one message may hold.
std::vector<std::int64_t> take_ids(std::vector<std::int64_t>& from) {
    const std::size_t count = std::min(from.size(), wire::most_ids);
    const auto end = from.begin() + static_cast<std::ptrdiff_t>(count);
    std::vector<std::int64_t> taken(from.begin(), end);
    from.erase(from.begin(), end);
    return taken;
}

}  // namespace

/// One packet in the making.
class session::composer {
  public:
    composer(session& owner, time_point now, unix_time unix_now)
        : owner_(owner), now_(now), unix_now_(unix_now) {}

    void add_service() {
        while (!owner_.acks_.empty() && room_for_ids(owner_.acks_.size())) {
            tl::msgs_ack acks{};
            acks.msg_ids = take_ids(owner_.acks_);
            add(service::acks, tl::encode(acks), acks.msg_ids);
        }
        owner_.acks_due_ = owner_.acks_due_ && !owner_.acks_.empty();
        while (!owner_.drops_.empty() && room(64)) {
            const tl::rpc_drop_answer drop{owner_.drops_.front()};
            owner_.drops_.erase(owner_.drops_.begin());
            add(service::drop, tl::encode(drop), {drop.req_msg_id});
        }
        while (!owner_.state_asks_.empty() && room_for_ids(owner_.state_asks_.size())) {
            tl::msgs_state_req request{};
            request.msg_ids = take_ids(owner_.state_asks_);
            add(service::state_question, tl::encode(request), request.msg_ids);
        }
        while (!owner_.resend_asks_.empty() && room_for_ids(owner_.resend_asks_.size())) {
            tl::msg_resend_req request{};
            request.msg_ids = take_ids(owner_.resend_asks_);
            add(service::resend_question, tl::encode(request), request.msg_ids);
        }
        while (!owner_.state_replies_.empty() && room(owner_.state_replies_.front().size())) {
            bytes reply = std::move(owner_.state_replies_.front());
            owner_.state_replies_.erase(owner_.state_replies_.begin());
            add(service::state_reply, std::move(reply));
        }
        while (!owner_.dead_sessions_.empty() && room(64)) {
            const tl::destroy_session destroy{owner_.dead_sessions_.back()};
            owner_.dead_sessions_.pop_back();
            add(service::farewell, tl::encode(destroy), {destroy.session_id});
        }
        if (salts_are_wanted() && room(64)) {
            owner_.salts_asked_ = now_;
            const tl::get_future_salts request{owner_.settings_.salts_count};
            add(service::salts_question, tl::encode(request));
        }
        if (owner_.ping_wanted_ && room(64)) add_ping();
    }

    /// Requests in their order, up to what fits. A large one goes alone, in a packet of its own.
    void add_requests() {
        while (owner_.requests_.has_queued()) {
            pending& next = owner_.requests_.front();
            const bool large = next.body.size() > owner_.settings_.bundle_limit;
            if (large ? !messages_.empty() : !room(std::max(next.body.size(), made_body_allowance(next))))
                return;
            add_request(next);
            if (large) return;
        }
    }

    bool empty() const noexcept { return messages_.empty(); }

    wire::packet seal() {
        wire::message_header header;
        header.salt = owner_.salts_.current(owner_.server_time(unix_now_));
        header.session_id = owner_.session_id_;
        const bool alone = messages_.size() == 1;
        const std::size_t size = alone ? messages_.front().body.size() : wire::container_size(messages_);
        wire::draft text(size, *owner_.random_);
        if (alone) {
            header.msg_id = messages_.front().msg_id;
            header.seqno = messages_.front().seqno;
            const byte_view body = messages_.front().body;
            std::copy(body.begin(), body.end(), text.body().begin());
        } else {
            header.msg_id = owner_.ids_.next(unix_now_);  // exceeds its children's (protocol 4.7)
            header.seqno = owner_.next_seqno(false);
            owner_.sent_.add(header.msg_id);
            wire::write_container(messages_, text.body());
        }
        for (const request_id id : carried_)
            owner_.requests_.find(id)->packet_id = header.msg_id;
        for (service_message& each : service_) {
            each.packet_id = header.msg_id;
            owner_.service_log_.add(std::move(each));
        }
        wire::seal_job job{std::move(text), owner_.key_, wire::role::client, header, {}};
        wire::seal_batch({&job, 1});
        return std::move(job.outcome.data);
    }

  private:
    // A pong that is later than so many pings is not waited for.
    static constexpr std::size_t most_pings = 16;

    bool room(std::size_t body_size) const noexcept {
        return wire::container_has_room(size_, messages_.size(), body_size);
    }
    bool room_for_ids(std::size_t count) const noexcept {
        return room(32 + 8 * std::min(count, wire::most_ids));
    }
    // The size of a body that is made for its msg_id is not known before; such ones are small.
    static std::size_t made_body_allowance(const pending& request) noexcept {
        return request.make ? 4096 : 0;
    }

    bool salts_are_wanted() const {
        if (owner_.salts_asked_ && now_ < *owner_.salts_asked_ + ask_salts_again) return false;
        return owner_.salts_.runs_out(owner_.server_time(unix_now_), owner_.settings_.salts_ahead);
    }

    void add_ping() {
        owner_.ping_wanted_ = false;
        owner_.last_ping_ = now_;
        tl::ping_delay_disconnect ping{};
        ping.ping_id = static_cast<std::int64_t>(owner_.random_->next_u64());
        ping.disconnect_delay = static_cast<std::int32_t>(owner_.settings_.disconnect_delay.count());
        if (owner_.pings_.size() == most_pings) owner_.pings_.erase(owner_.pings_.begin());
        owner_.pings_.push_back({ping.ping_id, now_});
        add(service::ping, tl::encode(ping), {ping.ping_id});
    }

    void add_request(pending& request) {
        const std::int64_t msg_id = owner_.ids_.next(unix_now_);
        if (request.make) request.body = request.make(msg_id);
        if (request.link == 0) request.first_sent = now_;
        if (request.link != owner_.link_) request.awaited = now_;
        request.link = owner_.link_;
        request.sent = now_;
        request.asked = now_;
        owner_.requests_.sent_front(msg_id);
        carried_.push_back(request.id);
        put(msg_id, request.body, true);
    }

    void add(service kind, bytes body, std::vector<std::int64_t> about = {}) {
        const std::int64_t msg_id = owner_.ids_.next(unix_now_);
        service_.push_back(
            {kind, msg_id, 0, std::move(about), kind == service::state_reply ? body : bytes()});
        put(msg_id, std::move(body), false);
    }

    void put(std::int64_t msg_id, bytes body, bool content_related) {
        owner_.sent_.add(msg_id);
        size_ += wire::contained_head_size + body.size();
        messages_.push_back({msg_id, owner_.next_seqno(content_related), std::move(body)});
    }

    session& owner_;
    time_point now_;
    unix_time unix_now_;
    std::vector<wire::contained> messages_;
    std::vector<request_id> carried_;
    std::vector<service_message> service_;
    std::size_t size_ = wire::container_head_size;
};

std::int32_t session::next_seqno(bool content_related) noexcept {
    const std::uint32_t seqno = 2 * content_count_ + (content_related ? 1 : 0);
    if (content_related) ++content_count_;
    return static_cast<std::int32_t>(seqno);
}

std::optional<wire::packet> session::next_packet(time_point now, unix_time unix_now) {
    if (!connected_ || broken_) return std::nullopt;
    note_due(now);
    unix_now = steady(now, unix_now);
    const bool service_is_due = acks_due_ || ping_wanted_ || !drops_.empty() || !state_asks_.empty() ||
                                !resend_asks_.empty() || !state_replies_.empty() || !dead_sessions_.empty();
    const bool large_first = requests_.has_queued() && requests_.front().body.size() > settings_.bundle_limit;
    if (!service_is_due && !requests_.has_queued()) return std::nullopt;
    composer packet(*this, now, unix_now);
    if (service_is_due || !large_first) packet.add_service();
    packet.add_requests();
    if (packet.empty()) return std::nullopt;
    return packet.seal();
}

}  // namespace mtproto::session
