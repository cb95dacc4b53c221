// A connection to a data centre that carries requests: connects, has a key, reconnects, and answers.
#pragma once

#include "io/event.hpp"
#include "net/connection_options.hpp"
#include "net/connection_wait.hpp"
#include "net/key_slot.hpp"
#include "net/packet_decrypter.hpp"
#include "net/reconnect_policy.hpp"
#include "net/rekeying.hpp"
#include "net/services.hpp"
#include "net/session_calls.hpp"
#include "net/session_pump.hpp"

#include <mtproto/error.hpp>
#include <mtproto/wait.hpp>

#include <boost/asio/cancellation_signal.hpp>

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace mtproto::net {

/// One session over one link at a time. Connects when first asked for something, and again after a loss while
/// requests wait; an idle one that was lost stays down until the next request. Not thread safe. Owned by
/// shared_ptr; coroutines of its own keep it alive until close().
class connection final : public packet_receiver, public std::enable_shared_from_this<connection> {
  public:
    static std::shared_ptr<connection> make(std::shared_ptr<services> shared, std::shared_ptr<key_slot> key,
                                            connection_options settings);
    ~connection() override;

    /// Connects now, without waiting for it.
    void start();
    /// The answer to a boxed request. Resent by the session's rules: an idempotent one until it is answered,
    /// another only while it is certain that the server has not seen it. Wrapped in initConnection until one
    /// of those was answered in the session. Cancelling drops it on the wire. Given up as reconnect_policy
    /// says. Errors: errc::rpc_error with the server's; connection_failed, connection_closed, timed_out,
    /// transport_error, handshake_failed ... once given up; cancelled; malformed or too_large for an answer
    /// that cannot be read.
    io::awaitable<outcome<bytes>> call(bytes request, std::string method, bool idempotent);
    /// The caller doubts that the link is alive: asks the server, and ends the link when nothing that
    /// verifies comes back within three round trips and a second. Calls under way go out again on the
    /// next link then, at once. Returns when a packet has verified on the link since. Errors: why none can be
    /// made; connection_closed; cancelled.
    static io::awaitable<outcome<void>> check(std::shared_ptr<connection> self);
    /// The server may be there again: the next try to connect does not wait until the pause after the last
    /// ones is over, and a link that says nothing has little time left.
    void hurry();
    /// Fails all calls with errc::connection_closed and stops for good.
    void close() noexcept;

    /// The shortest round trip measured so far; 0 before the first.
    duration min_rtt() const noexcept { return calls_.table().round_trip(); }
    /// Requests that were called and are not answered.
    std::size_t under_way() const noexcept { return calls_.table().size(); }
    /// What the calls wait for, as far as it is this connection: nothing while its link serves.
    std::optional<wait_info> wait() const;
    bool serves() const noexcept { return calls_.is_connected() && under_way() > 0 && !wait_.info(); }
    void set_addresses(std::vector<io::endpoint> addresses);
    /// Whether a request was answered then or later.
    bool answered_since(time_point moment) const noexcept { return policy_.answered_since(moment); }

    void decrypted(std::uint64_t epoch, result<wire::opened> message) override;
    void hurry_read() override;

  private:
    enum class state { resting, living, closed };
    class cancel_guard;

    connection(std::shared_ptr<services> shared, std::shared_ptr<key_slot> key, connection_options settings);

    static io::awaitable<void> live(std::shared_ptr<connection> self);
    void begin_to_live();
    io::awaitable<outcome<void>> one_link();
    destination next_destination() const;
    io::awaitable<outcome<dialled>> dial(destination where);
    failure explained(failure why, const destination& where) const;
    void setback(failure why);
    std::optional<failure> held_too_long() const;
    bool is_closed() const noexcept { return state_ == state::closed; }
    void after_session();

    std::shared_ptr<services> shared_;
    std::shared_ptr<key_slot> key_;
    connection_options options_;
    reconnect_policy policy_;
    connection_wait wait_;  // since the last packet that verified
    session_calls calls_;
    rekeying keys_;                       // of the last link
    std::shared_ptr<session_pump> pump_;  // null without a link
    io::event wanted_;                    // there is something to connect for
    io::event checked_;                   // check() may look again
    int checks_ = 0;                      // under way
    bool start_wanted_ = false;
    state state_ = state::resting;
    io::asio::cancellation_signal stop_;
};

}  // namespace mtproto::net
