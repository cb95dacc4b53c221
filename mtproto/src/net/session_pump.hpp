// Runs a connection's session over one link: a reader, a writer, and one that keeps the session's time.
#pragma once

#include "io/event.hpp"
#include "net/link.hpp"
#include "net/packet_decrypter.hpp"
#include "net/rekeying.hpp"
#include "net/services.hpp"
#include "net/session_calls.hpp"

#include <mtproto/error.hpp>

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

namespace mtproto::net {

/// Lives as long as the link. Not thread safe. Packets go to the decrypter, which gives them to `receiver`;
/// the other arguments of the constructor must outlive it.
class session_pump : public std::enable_shared_from_this<session_pump> {
  public:
    session_pump(services& shared, key_slot& slot, session_calls& calls, rekeying& keys, dialled over,
                 std::weak_ptr<packet_receiver> receiver);

    /// For what is said before the first session.
    link& transport() noexcept { return link_; }

    /// A session under the slot's key, in place of the one before it, if there is one. `ended_sessions`: ids
    /// of those that its making took.
    void begin_session(const std::vector<std::int64_t>& ended_sessions = {});
    /// From the first session on, until the link ends or `beside` does.
    io::awaitable<void> run(io::awaitable<void> beside);

    /// What read() waits for is to bring what is there, however little.
    void hurry_read() noexcept { link_.hurry(); }
    /// The link ends, for `why` unless that is known already.
    void end(failure why);
    void close() noexcept { link_.close(); }
    const std::optional<failure>& end_reason() const noexcept { return end_reason_; }

    /// To be called after each use of the session: handles its events, and has it write and keep its time.
    void after_session();
    /// A call waits for a session under the slot's key, which is another one than the session's.
    void key_is_wanted();
    /// Notified when somebody is to look whether the session has the slot's key.
    io::event& key_turn() noexcept { return key_turn_; }

  private:
    io::awaitable<void> read_loop();
    io::awaitable<void> write_loop();
    io::awaitable<void> time_loop();
    void heard();
    void take(wire::packet received);
    void decrypt(wire::packet received);
    session::session& session() const noexcept { return *calls_.session(); }

    services& shared_;
    key_slot& slot_;
    session_calls& calls_;
    rekeying& keys_;
    link link_;
    std::weak_ptr<packet_receiver> receiver_;
    std::shared_ptr<wire::decryption> partial_;  // of the large packet that is not whole yet
    std::optional<failure> end_reason_;
    time_point sleeping_until_{};
    io::event writable_;  // the session may have packets
    io::event sooner_;    // the session's deadline is nearer than the one that is slept for
    io::event key_turn_;
};

}  // namespace mtproto::net
