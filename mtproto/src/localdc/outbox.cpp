// Queueing, and what goes out together.
#include "localdc/outbox.hpp"

#include "localdc/faulty_link.hpp"
#include "localdc/paced_writer.hpp"
#include "localdc/packing.hpp"

#include <mtproto/tl/codec.hpp>
#include <mtproto/tl_mtproto.hpp>

#include <algorithm>
#include <utility>

namespace mtproto::localdc {
namespace {

// Memory bound of a connection: answers wait as what is to be read from where, so only bodies count.
constexpr std::size_t most_queued = 2048;
constexpr std::size_t most_held_bytes = 4u << 20;
// Packets sealed side by side: the ciphers of a few go interleaved, and they still fit the cache.
constexpr std::size_t most_in_batch = 4;
constexpr std::size_t batch_bytes = 2u << 20;
// Envelope, padding and framing around a body, about.
constexpr std::size_t overhead = 64;

}  // namespace

std::size_t outgoing::size() const {
    switch (type) {
        case kind::sealed:
            return content.size() + overhead;
        case kind::payload:
            return payload.size;
        case kind::quick_ack:
            return sizeof token;
    }
    return 0;
}

outbox::outbox(const io::environment& env, const faulty_link& link, const paced_writer& writer)
    : env_(env), link_(link), writer_(writer), changed_(env.executor) {}

// A message that was sent before has its number, and its session knows it as long as it is
// wanted.
outbox::~outbox() {
    for (outgoing& each : queue_)
        if (each.type == outgoing::kind::sealed && each.content.msg_id == 0)
            each.context.session->keep(std::move(each.content));
}

void outbox::push(outgoing next) {
    if (link_.closed() || link_.silent()) return;
    if (!writer_.instant()) next.entered = env_.time->now();
    held_bytes_ += next.content.body.size();
    queue_.push_back(std::move(next));
    changed_.notify();
}

void outbox::send(const session_context& context, message content) {
    outgoing made;
    made.content = std::move(content);
    made.context = context;
    push(std::move(made));
    for (message& left : context.session->take_undelivered()) {
        outgoing late;
        late.content = std::move(left);
        late.context = context;
        push(std::move(late));
    }
}

void outbox::reject(const session_context& context, std::int64_t msg_id, std::int32_t seqno, bad_msg code) {
    if (code == bad_msg::salt) {
        tl::bad_server_salt news;
        news.bad_msg_id = msg_id;
        news.bad_msg_seqno = seqno;
        news.error_code = static_cast<std::int32_t>(code);
        news.new_server_salt = context.key->salts.current(env_.time->unix_now());
        return send(context, {.body = tl::encode(news), .response = true});
    }
    tl::bad_msg_notification news;
    news.bad_msg_id = msg_id;
    news.bad_msg_seqno = seqno;
    news.error_code = static_cast<std::int32_t>(code);
    send(context, {.body = tl::encode(news), .response = true});
}

void outbox::send_payload(wire::packet payload, const traffic::fault* fault) {
    outgoing made;
    made.type = outgoing::kind::payload;
    made.payload = std::move(payload);
    made.fault = fault;
    push(std::move(made));
}

void outbox::send_held(wire::packet payload) {
    outgoing made;
    made.type = outgoing::kind::payload;
    made.payload = std::move(payload);
    made.was_held = true;
    push(std::move(made));
}

void outbox::send_transport_error(std::int32_t code) {
    send_payload(wire::transport_error(code));
}

void outbox::send_quick_ack(std::uint32_t token) {
    outgoing made;
    made.type = outgoing::kind::quick_ack;
    made.token = token;
    push(std::move(made));
}

bool outbox::full() const noexcept {
    return queue_.size() >= most_queued || held_bytes_ >= most_held_bytes;
}

std::vector<outgoing> outbox::take_batch() {
    std::vector<outgoing> batch;
    paced_writer::forecast ahead = writer_.ahead();
    std::size_t large = 0;
    std::size_t bytes_taken = 0;
    while (!queue_.empty()) {
        outgoing& next = queue_.front();
        if (!ahead.is_due(next) && !batch.empty()) break;
        const bool is_large = next.content.size() > small_message;
        if (!batch.empty() && ((is_large && large == most_in_batch) ||
                               bytes_taken + next.size() > batch_bytes || batch.size() == most_packed))
            break;
        large += is_large ? 1 : 0;
        bytes_taken += next.size();
        held_bytes_ -= next.content.body.size();
        if (next.type == outgoing::kind::sealed) answered_ = true;
        batch.push_back(std::move(next));
        queue_.pop_front();
    }
    return batch;
}

bool outbox::drop_answer(server_session& session, std::int64_t req_msg_id) {
    const auto waiting = std::find_if(queue_.begin(), queue_.end(), [&](const outgoing& each) {
        return each.type == outgoing::kind::sealed && each.context.session.get() == &session &&
               req_msg_id != 0 && each.content.req_msg_id == req_msg_id;
    });
    if (waiting == queue_.end()) return false;
    held_bytes_ -= waiting->content.body.size();
    session.forget(waiting->content.msg_id);
    queue_.erase(waiting);
    changed_.notify();
    return true;
}

void outbox::drop_session(const server_session& session) {
    std::erase_if(queue_, [&](const outgoing& each) {
        if (each.context.session.get() != &session) return false;
        held_bytes_ -= each.content.body.size();
        return true;
    });
    changed_.notify();
}

}  // namespace mtproto::localdc
