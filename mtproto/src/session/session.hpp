// One MTProto session of a client: seqno, acknowledgements, salts, replay, resending and recovery
// (protocol 4.3 to 4.8 and 5.1 to 5.10), without sockets or timers.
#pragma once

#include "crypto/auth_key.hpp"
#include "session/event.hpp"
#include "session/incoming.hpp"
#include "session/options.hpp"
#include "session/pending_table.hpp"
#include "session/replay_window.hpp"
#include "session/request.hpp"
#include "session/salt_book.hpp"
#include "session/sent_log.hpp"
#include "session/service_log.hpp"
#include "wire/container.hpp"
#include "wire/envelope.hpp"
#include "wire/msg_id.hpp"
#include "wire/packet.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/clock.hpp>
#include <mtproto/random.hpp>

#include <cstdint>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtproto::session {

/// A session lives on one link (a transport connection) at a time and survives the change from one to the
/// next. The owner moves bytes and keeps time:
///
///     s.connected(now);
///     // after every call below: handle all events, and send all packets as the link takes them
///     while (std::optional<event> e = s.next_event()) handle(*e);
///     while (std::optional<wire::packet> out = s.next_packet(now, unix_now)) write(frame(*out));
///     s.on_time(now);  // whenever s.deadline() was reached
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

    // The link

    /// A link is there. Idempotent requests that the last link left unanswered go out again with new msg_ids,
    /// their old ones dropped; of others the state is asked first (protocol 4.8, 5.6).
    void connected(time_point now);
    void disconnected(time_point now);
    /// Bytes came in, though not a whole packet yet. They prove nothing: they only postpone the end of a link
    /// for a while (options::unverified_limit). Optional; receive implies it.
    void heard(time_point now);
    /// Somebody doubts the link: a ping goes out, and when no packet verifies soon (options::check_limit),
    /// the link is broken. Nothing to do without a link, or while one such doubt is looked into.
    void check(time_point now);
    /// Whether that is still open.
    bool doubted() const noexcept { return doubted_.has_value(); }
    /// Whether a packet has verified on this link that was not received before.
    bool proven() const noexcept { return proven_; }
    /// A session of ours under the same key has ended: packets that still come for it are passed over.
    void passes_over(std::int64_t session_id);

    /// The next packet for the link, sealed; nothing when there is none, or no link. Takes as much as fits
    /// into one container.
    std::optional<wire::packet> next_packet(time_point now, unix_time unix_now);

    /// What it takes to open a received packet.
    wire::open_job prepare(wire::packet from) const;
    /// Takes what opening made of it. A failure breaks the link (protocol 4.3).
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
    // What a ping tells: that the link is alive, and the server's time.
    struct ping_under_way {
        std::int64_t ping_id = 0;
        time_point sent{};
    };
    class composer;

    // receive.cpp
    unix_time steady(time_point now, unix_time unix_now) const;
    bool time_is_plausible(std::int64_t msg_id, unix_time unix_now) const;
    void learn_time(std::int64_t msg_id, unix_time unix_now);
    void force_time(std::int64_t msg_id, unix_time unix_now);
    void acknowledge(std::int64_t msg_id, std::int32_t seqno, time_point now);
    void acknowledge_again(const incoming& duplicate);
    void dispatch(const incoming& message);
    template <class T>
    std::optional<T> read(const incoming& message);  // read_message.hpp
    bool too_many_complaints(std::int64_t about);
    void break_line(errc code, std::string what);
    void alive(time_point now);

    // One verb a file.
    void handle_container(const incoming& message);
    void handle_gzip(const incoming& message);
    void handle_rpc_result(const incoming& message);
    void handle_bad_msg(const incoming& message);
    void handle_bad_salt(const incoming& message);
    void handle_new_session(const incoming& message);
    void handle_ack(const incoming& message);
    void handle_state_info(const incoming& message);
    void handle_all_info(const incoming& message);
    void handle_state_req(const incoming& message);
    void handle_resend_req(const incoming& message);
    void handle_detailed_info(const incoming& message);
    void handle_new_detailed_info(const incoming& message);
    void handle_pong(const incoming& message);
    void handle_future_salts(const incoming& message);

    // resend.cpp
    std::vector<request_id> sent_in(std::int64_t msg_id) const;
    void send_again(const std::vector<request_id>& which);
    void refused(const std::vector<request_id>& which);
    void lose(request_id id, errc why);
    void fate_unknown(pending& request);
    void answer_lost(pending& request);
    void answer_dropped(pending& request, std::int64_t msg_id);
    void recover_after_reconnect();
    void apply_state(std::int64_t msg_id, std::byte state);
    void watch_for_answer(std::int64_t msg_id, std::byte state, time_point now);
    void state_untold(std::int64_t msg_id, time_point now);
    void service_refused(const service_message& question, time_point now);
    void apply_answer_state(std::int64_t answer_msg_id, std::byte state);
    void answer_announced(std::int64_t answer_msg_id, bool wanted, time_point now);
    void begin_anew(const std::vector<request_id>& certainly_lost);

    // refused_service.cpp
    void send_service_again(std::int64_t refused_msg_id);

    // next_packet.cpp
    std::int32_t next_seqno(bool content_related) noexcept;
    unix_time server_time(unix_time unix_now) const noexcept { return unix_now + ids_.offset(); }

    // timers.cpp
    void note_due(time_point now);
    void want_ping(time_point now);
    std::optional<time_point> waiting_since() const;
    duration silence_limit() const;
    time_point dead_at() const;
    time_point ask_state_at(const pending& request) const;
    time_point answer_due(const pending& request) const;
    void end_unanswered(time_point now);

    std::shared_ptr<const crypto::auth_key> key_;
    random_source* random_;
    options settings_;
    salt_book salts_;
    wire::client_msg_ids ids_;
    std::int64_t session_id_ = 0;
    std::vector<std::int64_t> abandoned_;  // the last of our session ids before it, under the same key
    std::uint32_t content_count_ = 0;      // content-related messages sent: makes the seqno (protocol 4.7)

    pending_table requests_;
    sent_log sent_;
    replay_window window_;
    std::deque<event> events_;

    bool connected_ = false;
    bool broken_ = false;  // a link_broken was reported: nothing more on this link
    std::uint64_t link_ = 0;
    time_point last_heard_{};             // any bytes
    time_point last_verified_{};          // a packet that verified, for the first time
    time_point last_ping_{};              // sent
    bool ping_wanted_ = false;            // with the next packet
    std::optional<time_point> probed_;    // when the first ping since last_verified_ was wanted
    std::optional<time_point> doubted_;   // since when, with nothing verified since
    std::vector<ping_under_way> pings_;   // of this link, oldest first
    std::optional<duration> round_trip_;  // the shortest of this link, or of the last that had one
    bool heard_on_line_ = false;
    bool proven_ = false;   // a packet verified on this link
    int silent_lines_ = 0;  // lost without a byte, in a row

    bool synchronised_ = false;     // a pong on this link has told the time (protocol 4.5)
    time_point synchronised_at_{};  // when, by both clocks
    unix_time synchronised_unix_{};
    duration reported_offset_{};  // by the last time_changed
    std::optional<time_point> salts_asked_;
    int complaints_ = 0;                 // of the server about messages, since it last took one
    std::int64_t complained_up_to_ = 0;  // the last msg_id given out when it complained

    // Service messages to send with the next packet.
    std::vector<std::int64_t> acks_;
    time_point oldest_ack_{};
    bool acks_due_ = false;                    // they wait for no packet to ride in
    std::vector<std::int64_t> drops_;          // msg_ids for rpc_drop_answer
    std::vector<std::int64_t> state_asks_;     // msg_ids for msgs_state_req
    std::vector<std::int64_t> resend_asks_;    // the server's msg_ids for msg_resend_req
    std::vector<bytes> state_replies_;         // serialized msgs_state_info
    std::vector<std::int64_t> dead_sessions_;  // for destroy_session
    service_log service_log_;                  // those that were sent on this link
};

}  // namespace mtproto::session
