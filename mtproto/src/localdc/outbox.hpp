// The queue of what a connection has to send.
#pragma once

#include "io/environment.hpp"
#include "io/event.hpp"
#include "localdc/inbox.hpp"
#include "localdc/outgoing.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

namespace mtproto::localdc {

class faulty_link;
class paced_writer;

/// Takes nothing any more once the link is closed or silent. What is left at the end goes back to its
/// sessions, for their next connection.
class outbox {
  public:
    outbox(const io::environment& env, const faulty_link& link, const paced_writer& writer);
    ~outbox();
    outbox(const outbox&) = delete;
    outbox& operator=(const outbox&) = delete;

    /// Also what other connections could not send to that session.
    void send(const session_context& context, message content);
    /// bad_msg_notification or bad_server_salt.
    void reject(const session_context& context, std::int64_t msg_id, std::int32_t seqno, bad_msg code);
    /// A packet that needs no sealing.
    void send_payload(wire::packet payload, const traffic::fault* fault = nullptr);
    /// A packet that a fault held back.
    void send_held(wire::packet payload);
    void send_transport_error(std::int32_t code);
    void send_quick_ack(std::uint32_t token);

    bool empty() const noexcept { return queue_.empty(); }
    /// Whether no more should be asked for until something was sent.
    bool full() const noexcept;
    const outgoing& front() const { return queue_.front(); }
    /// Something was queued or taken.
    io::event& changed() noexcept { return changed_; }
    /// Whether a message of a session was taken out to be sent.
    bool has_answered() const noexcept { return answered_; }

    /// The messages of one write: the first, which may be due bit by bit, and those that are due with it.
    std::vector<outgoing> take_batch();

    /// Takes the answer to a query out, if it waits here.
    bool drop_answer(server_session& session, std::int64_t req_msg_id);
    /// Drops all messages of a session.
    void drop_session(const server_session& session);

  private:
    void push(outgoing next);

    const io::environment& env_;
    const faulty_link& link_;
    const paced_writer& writer_;
    std::deque<outgoing> queue_;
    std::size_t held_bytes_ = 0;  // of bodies
    bool answered_ = false;
    io::event changed_;
};

}  // namespace mtproto::localdc
