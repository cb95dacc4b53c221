// Window strategies: how many parts are asked for at once, how large, over how many connections.
#pragma once

#include <mtproto/clock.hpp>

#include <cstdint>
#include <memory>

namespace mtproto::window {

/// What a strategy is told about one part that arrived.
struct part_report {
    int connection = 0;
    std::int32_t size = 0;  ///< bytes
    duration took{0};       ///< from the request to the whole answer
    int in_flight = 0;  ///< parts under way on that connection when this one was asked for, this one included
};

/// Decides; the scheduler does. Pure: no clock, no I/O. One object serves one stream.
class strategy {
  public:
    virtual ~strategy() = default;

    /// Connections to spread parts over, 1 to 16. The scheduler opens and closes to follow.
    virtual int connections() const = 0;
    /// Parts that may be under way on each connection, at least 1.
    virtual int in_flight() const = 0;
    /// Bytes of a part: a power of two from 4 KiB to 1 MiB (protocol 8.1).
    virtual std::int32_t part_size() const = 0;

    virtual void on_part(const part_report&, time_point /*now*/) {}
    /// A server asked to wait; the scheduler already holds every request back until then.
    virtual void on_flood(duration /*wait*/, time_point /*now*/) {}
    virtual void on_connection_lost(int /*connection*/, time_point /*now*/) {}
};

/// A fixed number of parts in flight on each of a fixed number of connections.
std::unique_ptr<strategy> sliding(int in_flight, int connections, std::int32_t part_size = 512 * 1024);

}  // namespace mtproto::window
