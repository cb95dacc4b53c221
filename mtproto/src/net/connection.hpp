// A connection to a data centre that carries requests: connects, has a key, reconnects, and answers.
#pragma once

#include "io/event.hpp"
#include "net/connect_pacing.hpp"
#include "net/key_slot.hpp"
#include "net/link.hpp"
#include "net/make_key.hpp"
#include "net/packet_decrypter.hpp"
#include "net/services.hpp"
#include "net/setbacks.hpp"
#include "rpc/backoff.hpp"
#include "session/session.hpp"

#include <mtproto/error.hpp>
#include <mtproto/wait.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtproto::net {

struct connection_options {
    int dc = 0;
    bool media = false;                   ///< the addresses are media-only ones
    std::vector<io::endpoint> addresses;  ///< the next one is tried when one does not answer
    duration connect_timeout = std::chrono::seconds(10);
    /// For each answer of a key exchange or a binding; a loaded server takes a second or two.
    duration exchange_timeout = std::chrono::seconds(15);
    session::options session;
    /// What a line had under way that ended with -429 is given up at once: others can carry it, and one
    /// connection too many (protocol 8.8) would have it wait for pause after pause.
    bool fail_on_429 = false;
    /// Whoever asks can do without this server: requests are given up at its first setback before it has
    /// answered anything.
    bool give_up_at_first_failure = false;
    /// That prove the server; empty: the client's own (services::rsa_keys).
    std::vector<crypto::rsa_public_key> rsa_keys = {};
    /// Nothing about the device is told (services::who): to servers that are none of Telegram's.
    bool anonymous = false;
    /// Called when the server said that it is not this data centre (-444): the addresses are wrong.
    std::function<void()> on_wrong_dc = {};
};

/// One session over one line at a time. Connects when first asked for something, and again after a loss while
/// requests wait; an idle one that was lost stays down until the next request. Not thread safe. Owned by
/// shared_ptr; coroutines of its own keep it alive until close().
class connection final : public packet_receiver, public std::enable_shared_from_this<connection> {
  public:
    /// Requests are given up when this many attempts to connect or lines have failed under them, or since the
    /// last answer: about 2 s where no server ever answered, about 20 s where one did. With more addresses
    /// than that each is tried once. A line that ends because its key was given up is no failure.
    static constexpr int setbacks_before_first_line = 3;
    static constexpr int setbacks_after = 6;
    /// How long a data centre that answered -429 is left alone at least.
    static constexpr duration flood_pause = std::chrono::seconds(4);
    /// When the key is another one, a session goes on only until what is under way in it is answered; it is
    /// given up when no answer has come for this long. 1 MiB comes within it at 17 KB/s.
    static constexpr duration patience_with_old_session = std::chrono::seconds(60);

    static std::shared_ptr<connection> make(std::shared_ptr<services> shared, std::shared_ptr<key_slot> key,
                                            connection_options settings);
    ~connection() override;

    /// Connects now, without waiting for it.
    void start();
    /// The answer to a boxed request. Resent by the session's rules: an idempotent one until it is answered,
    /// another only while it is certain that the server has not seen it. Wrapped in initConnection as long as
    /// the session has not introduced itself. Cancelling drops it on the wire.
    /// Errors: errc::rpc_error with the server's; connection_failed, connection_closed, timed_out,
    /// transport_error, handshake_failed ... once given up; cancelled; malformed or too_large for an answer
    /// that cannot be read.
    io::awaitable<outcome<bytes>> call(bytes request, std::string method, bool idempotent);
    /// The caller doubts that the line is alive: asks the server, and ends the line when nothing that
    /// verifies comes back within three round trips and a second. What is under way goes out again on the
    /// next line then, at once. Returns when a packet has verified on the line since. Errors: why none can be
    /// made; connection_closed; cancelled.
    static io::awaitable<outcome<void>> check(std::shared_ptr<connection> self);
    /// The server may be there again: the next try to connect does not wait until the pause after the last
    /// ones is over, and a line that says nothing has little time left.
    void hurry();
    /// Fails what is under way with errc::connection_closed and stops for good.
    void close() noexcept;

    /// The shortest round trip measured so far; 0 before the first.
    duration min_rtt() const noexcept { return min_rtt_; }
    /// Requests that were called and are not answered.
    std::size_t under_way() const noexcept { return waiting_.size() + calls_.size(); }
    /// What the requests under way wait for, as far as it is this connection: nothing while its line serves.
    std::optional<wait_info> wait() const;
    bool serves() const noexcept { return is_up() && under_way() > 0 && !wait_; }
    void set_addresses(std::vector<io::endpoint> where);
    /// Whether a request was answered then or later.
    bool answered_since(time_point when) const noexcept { return ever_connected_ && last_answer_ >= when; }

    void decrypted(std::uint64_t line, result<wire::opened> message) override;
    void hurry_read() override;

  private:
    struct pending;
    class cancel_guard;

    connection(std::shared_ptr<services> shared, std::shared_ptr<key_slot> key, connection_options settings);

    // The life of lines: connection.cpp
    static io::awaitable<void> live(std::shared_ptr<connection> self);
    void begin_to_live();
    io::awaitable<outcome<void>> one_line();
    destination next_destination() const;
    io::awaitable<outcome<dialled>> reach(const destination& where);
    void setback(failure why);
    void pause_after(const failure& why, bool key_is_gone);
    void count_setback(const failure& why);

    // Waits: connection_waits.cpp
    void wait_begins(const failure& why, bool flood);
    void attempt_begins();
    std::optional<failure> held_too_long() const;

    // The key: keys.cpp
    key_wishes wishes() const;
    io::awaitable<outcome<std::vector<std::int64_t>>> have_key();
    io::awaitable<void> key_loop();
    io::awaitable<outcome<void>> renew_key();
    io::awaitable<bool> rest_with_key(std::optional<time_point> until);
    bool key_is_another() const;
    time_point leave_by() const;
    void move_over();

    // One line: line.cpp
    io::awaitable<void> serve();
    io::awaitable<void> read_loop();
    io::awaitable<void> write_loop();
    io::awaitable<void> time_loop();
    void heard();
    void take(wire::packet received);
    void open(wire::packet received);
    void line_ends(failure why);
    void after_session();

    // Requests: calls.cpp
    bool is_up() const noexcept { return line_ && session_ && line_key_ == session_->key(); }
    void begin_session();
    void submit_waiting();
    void submit(const std::shared_ptr<pending>& call);
    void withdraw(const std::shared_ptr<pending>& call);
    void finish(pending& call, outcome<bytes> with);
    void fail_all(const failure& why);
    void handle(session::event& what);
    void reject(const std::shared_ptr<pending>& call, const session::rpc_failure& why);
    std::shared_ptr<pending> taken(session::request_id id);

    std::shared_ptr<services> shared_;
    std::shared_ptr<key_slot> key_;
    connection_options settings_;

    std::unique_ptr<session::session> session_;
    std::map<session::request_id, std::shared_ptr<pending>> calls_;  // the session has them
    std::vector<std::shared_ptr<pending>> waiting_;                  // for a session
    bool initialized_ = false;  // an answer came to a request that was wrapped in initConnection

    std::shared_ptr<link> line_;
    std::uint64_t line_number_ = 0;
    std::shared_ptr<const crypto::auth_key> line_key_;  // which the session on line_ uses, once it has begun
    std::shared_ptr<const crypto::auth_key> line_permanent_;  // behind that of line_'s slot at its beginning
    std::vector<std::int64_t> left_keys_;                     // of sessions that have ended on line_
    std::optional<time_point> moving_since_;                  // another key was noticed, to move over to
    time_point last_answer_{};                                // to any request
    std::optional<failure> line_failure_;                     // why line_ ends, once known
    std::shared_ptr<wire::decryption> partial_;  // the large packet on line_ that is not whole yet
    std::string cancelled_method_;               // the method of the call that was withdrawn last
    bool line_answered_ = false;                 // a request was answered on it
    time_point sleeping_until_{};
    io::event wanted_;    // there is something to connect for
    io::event writable_;  // the session may have packets
    io::event sooner_;    // the session's deadline is nearer than the one that is slept for
    io::event key_turn_;  // the key loop has something to look at
    io::event checked_;   // whoever doubts the line may look again
    failure last_setback_ = errc::connection_closed;

    connect_pacing pacing_;
    rpc::backoff backoff_;
    time_point resume_at_{};
    std::optional<wait_info> wait_;  // since the last packet that verified
    std::size_t next_address_ = 0;
    setbacks setbacks_;
    int checks_ = 0;  // under way
    bool start_wanted_ = false;
    bool ever_connected_ = false;
    bool living_ = false;
    bool closed_ = false;
    duration min_rtt_{};
    io::asio::cancellation_signal stop_;
};

}  // namespace mtproto::net
