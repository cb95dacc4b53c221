// Drives the three steps of the key exchange over packets: what a connection without a key runs.
#pragma once

#include "handshake/steps.hpp"
#include "wire/msg_id.hpp"
#include "wire/packet.hpp"

#include <optional>
#include <variant>

namespace mtproto::handshake {

/// One key exchange. Packets in and out are payloads of the transport, plain envelopes inside:
///
///     handshake::client exchange(options, random);
///     send(exchange.start(unix_now));
///     while (!exchange.done()) {
///         result<std::optional<wire::packet>> reply = exchange.receive(co_await read_packet(), unix_now);
///         if (!reply) give_up(reply.error());
///         if (*reply) send(**reply);
///     }
///     established made = exchange.take();
///
/// The caller bounds the time it waits for each answer, and handles packets that are no messages
/// (wire::classify) itself: a -404 here means to begin again (protocol 2.6).
class client {
  public:
    /// `random` must outlive the exchange.
    client(options settings, random_source& random);

    /// The first packet. Call once.
    wire::packet start(unix_time unix_now);
    /// Takes the server's packet; gives the one to send next, or nothing when the exchange is done. A failure
    /// ends the exchange: every later call fails too, with errc::handshake_failed.
    result<std::optional<wire::packet>> receive(const wire::packet& from, unix_time unix_now);

    bool done() const noexcept { return made_.has_value(); }
    /// The key. Call once, when done.
    established take();

  private:
    struct ended {};
    wire::packet envelope(const bytes& body, unix_time unix_now);

    options settings_;
    random_source* random_;
    wire::client_msg_ids ids_;
    std::variant<ended, ask_pq, request_dh, agree_dh> step_;
    std::optional<established> made_;
};

}  // namespace mtproto::handshake
