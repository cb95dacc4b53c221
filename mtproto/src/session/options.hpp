// The times and limits of a session; each default with its reason.
#pragma once

#include <mtproto/clock.hpp>

#include <chrono>
#include <cstddef>

namespace mtproto::session {

struct options {
    /// Acknowledgements wait this long for a packet to ride in (protocol 5.3).
    duration ack_delay = std::chrono::seconds(30);
    /// More than so many do not wait (protocol 5.3).
    std::size_t ack_count = 16;
    /// ping_delay_disconnect is due this long after the last one (protocol 5.10).
    duration ping_interval = std::chrono::seconds(30);
    /// ... and asks the server to close after this much silence, twice the interval.
    std::chrono::seconds disconnect_delay{60};
    /// With requests under way and nothing received for this long, a ping probes the line out of turn.
    duration probe_after = std::chrono::seconds(8);
    /// A ping is out and nothing at all was received for this long: the line is dead. Longer than any round
    /// trip over a satellite with a lost packet or two.
    duration silence_limit = std::chrono::seconds(15);
    /// A request that is neither answered nor acknowledged for this long has its state asked
    /// (protocol 5.6).
    duration ask_state_after = std::chrono::seconds(15);
    /// Future salts are fetched when those known end this soon: an hour is two rotations (protocol 5.9).
    duration salts_ahead = std::chrono::hours(1);
    /// How many are fetched at a time, 1 to 64: 32 last for 16 hours.
    int salts_count = 32;
    /// Bodies beyond this travel in a packet of their own, so that small messages do not wait behind them.
    std::size_t bundle_limit = 32u << 10;
    /// What a packed answer may inflate to.
    std::size_t inflated_limit = 32u << 20;
};

}  // namespace mtproto::session
