// One MTProto session of a client: seqno, acknowledgements, salts, replay, resending and recovery
// (protocol 4.3 to 4.8 and 5.1 to 5.10), without sockets or timers.
#pragma once

#include "crypto/auth_key.hpp"
#include "session/event.hpp"
#include "session/options.hpp"
#include "session/replay_window.hpp"
#include "session/request.hpp"
#include "session/salt_book.hpp"
#include "wire/container.hpp"
#include "wire/envelope.hpp"
#include "wire/msg_id.hpp"
#include "wire/packet.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/clock.hpp>
#include <mtproto/random.hpp>

#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <unordered_map>
#include <vector>

namespace mtproto::session {

/// A session lives on one line (a transport connection) at a time and survives the change from one to the
/// next. The owner moves bytes and keeps time:
///
///     s.connected(now);
///     // after every call below: send all packets, then handle all events
///     while (std::optional<wire::packet> out = s.next_packet(now, unix_now)) write(frame(*out));
///     while (std::optional<event> e = s.next_event()) handle(*e);
///     // a packet came (wire::classify says message); several lines' jobs make one batch
///     wire::open_job job = s.prepare(std::move(packet));
///     wire::open_batch({&job, 1});
///     s.receive(std::move(job.outcome), now, unix_now);
///     // s.deadline() was reached
///     s.on_time(now);
///
/// Not thread safe; prepare's jobs may be worked on elsewhere meanwhile.
class session {
  public:
    /// `time_offset`: the server's time minus this machine's as far as known; the first packets correct it.
    /// `random` must outlive the session.
    session(std::shared_ptr<const crypto::auth_key> key, salt_book salts, duration time_offset,
            random_source& random, options settings = {});

    // Requests

    /// Queues a serialized, boxed request (wrapped in invokeWithLayer by the caller when needed).
    request_id send(bytes body, send_options how = {});
    request_id send(body_maker make, send_options how = {});
    /// Forgets a request: no event follows for it. One that was sent already is dropped at the server too
    /// (protocol 5.8).
    void cancel(request_id id);
    /// Requests that wait to be sent, and those that are sent and not answered.
    std::size_t waiting() const noexcept { return queue_.size(); }
    std::size_t under_way() const noexcept { return requests_.size() - queue_.size(); }

    // The line

    /// A line is there. Idempotent requests that the last line left unanswered go out again with new msg_ids,
    /// their old ones dropped; of others the state is asked first (protocol 4.8, 5.6).
    void connected(time_point now);
    void disconnected(time_point now);
    bool is_connected() const noexcept { return connected_; }
    /// Bytes came in, though not a whole packet yet: the line is alive. Optional; receive implies it.
    void heard(time_point now);

    /// The next packet for the line, sealed; nothing when there is none, or no line. Takes as much as fits
    /// into one container.
    std::optional<wire::packet> next_packet(time_point now, unix_time unix_now);

    /// Readies a received packet for wire::open_batch.
    wire::open_job prepare(wire::packet from) const;
    /// Takes what the batch made of it. A failure breaks the line (protocol 4.3).
    void receive(result<wire::opened> from, time_point now, unix_time unix_now);

    /// What happened, oldest first.
    std::optional<event> next_event();

    /// When on_time is to be called at the latest; changes with every other call.
    std::optional<time_point> deadline() const;
    void on_time(time_point now);

    // What lasts

    const std::shared_ptr<const crypto::auth_key>& key() const noexcept { return key_; }
    const salt_book& salts() const noexcept { return salts_; }
    duration time_offset() const noexcept { return ids_.offset(); }
    /// For auth.bindTempAuthKey (protocol 3.2). A secret (protocol 4.8).
    std::int64_t session_id() const noexcept { return session_id_; }

  private:
    struct request;
    struct incoming;
    struct outgoing;

    // one verb a file
    void handle_message(const incoming& message);
    void handle_container(const incoming& message);
    void handle_rpc_result(const incoming& message);
    void handle_bad_msg(const incoming& message);
    void handle_new_session(const incoming& message);
    void handle_ack(const incoming& message);
    void handle_state(const incoming& message);
    void handle_resend(const incoming& message);
    void handle_detailed_info(const incoming& message);
    void handle_pong(const incoming& message);
    void handle_future_salts(const incoming& message);

    std::shared_ptr<const crypto::auth_key> key_;
    random_source* random_;
    options settings_;
    salt_book salts_;
    wire::client_msg_ids ids_;
    std::int64_t session_id_ = 0;
    bool connected_ = false;
    std::deque<request_id> queue_;
    std::map<request_id, std::unique_ptr<request>> requests_;
    std::deque<event> events_;
    replay_window window_;
};

}  // namespace mtproto::session
