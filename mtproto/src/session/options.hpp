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
    /// Off for a session of a single request on a link that others use afterwards: no pings, which would ask
    /// the server to close that link when this session has fallen silent.
    bool keep_alive = true;
    /// ping_delay_disconnect is due this long after the last one, whether that one is answered or not: the
    /// server counts from the ping (protocol 5.10), and a pong may wait behind a minute's worth of data.
    duration ping_interval = std::chrono::seconds(30);
    /// ... and asks the server to close after this much silence, twice the interval.
    std::chrono::seconds disconnect_delay{60};
    /// With requests under way and not a byte heard for this long, a ping probes the link out of turn. A
    /// server that works on a request says nothing either, so this is no sign of trouble yet: nearly all
    /// answers come sooner, and a ping every two seconds costs next to nothing.
    duration probe_after = std::chrono::seconds(2);
    /// A ping is out, or ought to be, and not a byte follows for this long: the link is dead. TCP sends a
    /// lost packet again after a few tenths of a second, then after twice that time: three seconds outlast
    /// three losses in a row. With `probe_after` a dead link is noticed within 5 s, while a player's buffer
    /// lasts. Twice as long, up to eight times, for each link in a row that was lost without a single byte:
    /// the path may be slower than this, and would never be used otherwise.
    duration silence_limit = std::chrono::seconds(3);
    /// ... or as many round trips as pings have measured, whichever is longer: a satellite or an overloaded
    /// cell takes a second or two for one.
    int silence_round_trips = 3;
    /// A link that somebody has reason to doubt is given as many round trips and this much on top, for two
    /// losses in a row that TCP makes up for. It counts from the last byte, as an answer may wait behind
    /// data.
    duration check_limit = std::chrono::seconds(1);
    /// Bytes of which nothing verifies are no server's for certain: they keep a link no longer than this. The
    /// largest packet, 1 MiB, comes within it at 17 KB/s, a part of 128 KiB at 2.2 KB/s.
    duration unverified_limit = std::chrono::seconds(60);
    /// A request that is neither answered nor acknowledged for this long has its state asked
    /// (protocol 5.6).
    duration ask_state_after = std::chrono::seconds(15);
    /// One that is acknowledged has it asked this long after the last time: the server has it and may work on
    /// it for long, but an answer that was lost comes by no other way.
    duration ask_again_after = std::chrono::seconds(30);
    /// So often in a row the server may say that it has a request and is not working on it, or refuse to
    /// tell, and no answer come since: then the answer is lost. On one link an answer overtakes no later one,
    /// so once would do; more allow for servers of several parts.
    int silent_states = 3;
    /// A request ends when its answer has not come for this long since it was sent on this link, a request
    /// before it was answered, or the server said that it works on it. An answer that was lost is made again
    /// before, after 90 s.
    duration answer_limit = std::chrono::seconds(100);
    /// ... and whatever the server says, this long after it was sent first.
    duration longest_answer = std::chrono::minutes(15);
    /// Future salts are fetched when those known end this soon: an hour is two rotations (protocol 5.9).
    duration salts_ahead = std::chrono::hours(1);
    /// How many are fetched at a time, 1 to 64: 32 last for 16 hours.
    int salts_count = 32;
    /// Bodies beyond this travel in a packet of their own, so that small messages do not wait behind them.
    std::size_t bundle_limit = 32u << 10;
    /// What a packed answer may inflate to.
    std::size_t inflated_limit = 32u << 20;
    /// ... and all of those in one packet together: no server packs more than two of the largest.
    std::size_t packet_inflated_limit = 64u << 20;
};

}  // namespace mtproto::session
