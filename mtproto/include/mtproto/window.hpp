// Window strategies: how many parts are asked for at once, how large, over how many connections.
#pragma once

#include <mtproto/clock.hpp>

#include <cstdint>
#include <memory>
#include <optional>

namespace mtproto::window {

/// What a stream has under way, when its strategy is asked whether it may ask for one more part.
struct outlook {
    time_point now{};
    int parts_under_way = 0;
    std::int64_t bytes_under_way = 0;
    int connections_up = 0;
};

/// One part that was asked for and is not here yet.
struct pending_part {
    int connection = 0;
    std::int32_t size = 0;  ///< bytes
    /// Parts and bytes under way on that connection when this one was asked for, this one included.
    int in_flight = 0;
    std::int64_t bytes_in_flight = 0;
};

/// What a strategy is told about one part that arrived.
struct part_report : pending_part {
    duration took{0};  ///< from the request to the whole answer
    /// Bytes that came over that connection meanwhile, this part included: over `took`, the connection's
    /// rate.
    std::int64_t delivered = 0;
    /// Between request and answer the reader, the byte budget or the account's pace kept the stream from
    /// asking for more, so the rate is less than what the connection could do.
    bool held_back = false;
    bool hedged = false;      ///< it was late, and asked for over another connection, too
    bool from_hedge = false;  ///< ... and this is the second request's answer, which came first
};

/// Decides; the scheduler does. Pure: no clock, no I/O. One object serves one stream. What makes no sense (no
/// connection, a part of no bytes) is brought to the nearest value that does. What a member throws ends the
/// stream, and comes out of the call that reads it.
class strategy {
  public:
    virtual ~strategy() = default;

    /// Connections to spread parts over, 1 to 16. The scheduler opens and closes to follow; where one was
    /// lost, their numbers may have gaps.
    virtual int connections() const = 0;
    /// Parts that may be under way on `connection`, at least 1.
    virtual int in_flight(int connection) const = 0;
    /// Bytes of the next part: a power of two from 4 KiB to 1 MiB (protocol 8.1).
    virtual std::int32_t part_size() const = 0;

    /// Whether one more part may be asked for, where connections have room. Asked again after each event, and
    /// not at all while nothing is under way.
    virtual bool may_ask(const outlook&) const { return true; }
    /// The connection that must carry the part at `offset`, as for a static interleave; -1: the one that
    /// would bring it soonest.
    virtual int connection_for(std::int64_t /*offset*/) const { return -1; }
    /// A part that is not here so long after its request is hedged: asked for once more, over another
    /// connection. The first answer wins, and the other is dropped. Held to some 2 % of all bytes. Nothing:
    /// never.
    virtual std::optional<duration> late_after(const pending_part&) const { return std::nullopt; }
    /// How many of the parts that the reader waits for next are watched for being late; 1 is the very next.
    virtual int watched() const { return 1; }
    /// Requests pass the pace that the account has learned from the server's flood waits.
    virtual bool keeps_pace() const { return false; }

    virtual void on_asked(const pending_part&, time_point /*now*/) {}
    virtual void on_part(const part_report&, time_point /*now*/) {}
    /// A server asked to wait; the scheduler already holds every request back until then.
    virtual void on_flood(duration /*wait*/, time_point /*now*/) {}
    virtual void on_connection_up(int /*connection*/, time_point /*now*/) {}
    virtual void on_connection_lost(int /*connection*/, time_point /*now*/) {}
};

/// One part at a time over one connection.
std::unique_ptr<strategy> sequential(std::int32_t part_size = 512 * 1024);

/// `in_flight` parts in all, over as many connections as that, at most 8.
std::unique_ptr<strategy> fixed(int in_flight, std::int32_t part_size = 512 * 1024);

/// A fixed number of parts in flight on each of a fixed number of connections.
std::unique_ptr<strategy> sliding(int in_flight, int connections, std::int32_t part_size = 512 * 1024);

/// A fixed number of connections, each with about 1.5 times its bandwidth-delay product in flight, between
/// 1 and 4 MiB; the size of parts follows the rate.
std::unique_ptr<strategy> bdp(int connections = 4);

/// The default. Windows as bdp()'s on 4 connections at first, more while they bring more, to at most
/// `most_connections`; hedges late parts; keeps the pace that the account's flood waits teach.
std::unique_ptr<strategy> adaptive(int most_connections = 8);

}  // namespace mtproto::window
