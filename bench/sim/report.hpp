// What a simulated run came to.
#pragma once

#include <mtproto/clock.hpp>

#include <cstdint>
#include <string>
#include <vector>

namespace mtproto::sim {

struct reader_report {
    std::int64_t bytes = 0;  ///< consumed
    bool complete = false;
    duration took{0};        ///< from its begin to its last byte
    duration first_byte{0};  ///< from its begin
    duration stalled{0};     ///< in all, once it has begun to play
    duration longest_stall{0};
    int stalls = 0;

    double goodput() const;  ///< bytes a second
};

/// How many of the client's connections the server had, since when.
struct connections_since {
    duration when{0};  ///< from the beginning
    int count = 0;
};

struct report {
    std::vector<reader_report> readers;
    duration took{0};           ///< from the beginning to the last reader's last byte
    double limit = 0;           ///< the scenario's
    std::int64_t received = 0;  ///< bytes of parts that came to the client
    std::int64_t wasted = 0;    ///< of these, that nobody had a use for
    std::int64_t requests = 0;
    int flood_waits = 0;           ///< that the server began
    int flood_answers = 0;         ///< with a wait
    int asked_early = 0;           ///< requests that left while the client knew of a wait
    int kills = 0;                 ///< connections ended with -429
    std::int64_t budget_peak = 0;  ///< bytes
    std::vector<connections_since> connections;

    bool complete() const;
    std::int64_t bytes() const;
    double goodput() const;  ///< bytes a second of all readers, from the beginning to the end
    double share() const { return limit > 0 ? goodput() / limit : 0; }  ///< of the limit
    double waste() const;                                               ///< of the bytes that were received
    int most_connections() const;
    duration stalled() const;     ///< of all readers
    duration first_byte() const;  ///< of the reader that waited longest
    /// One line of figures.
    std::string text() const;
};

}  // namespace mtproto::sim
