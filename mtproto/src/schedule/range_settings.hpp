// The values that tell a scheduler its range and its bounds.
#pragma once

#include "schedule/bounds.hpp"
#include "schedule/byte_budget.hpp"
#include "schedule/part.hpp"

#include <mtproto/clock.hpp>

#include <cstdint>

namespace mtproto::schedule {

/// How much is put up with before a download ends, or a connection is checked.
struct fault_bounds {
    /// How often one part may fail before the download does. With waits that double from 1 s (protocol 6) a
    /// server in trouble has about a minute. Waits for floods do not count.
    int part_attempts = 7;
    /// The same for lost connections. A connection is lost only after it has tried for some 20 s to come
    /// back, so this bounds how long a server that always closes is put up with.
    int part_losses = 2;
    /// Losses of a part that lie closer together are one outage, which takes every connection down and
    /// is told by one after the other while the part moves between them.
    duration one_outage = std::chrono::seconds(15);
    int connection_losses = 6;  ///< in a row without a part; then the connection is not opened again
    /// A connection with parts due over which nothing came for so long is checked.
    duration silence = std::chrono::seconds(5);
};

struct range_settings {
    std::int64_t file_size = 0;
    std::int64_t begin = 0;       ///< the range; any alignment
    std::int64_t end = 0;         ///< exclusive, at most file_size
    std::int64_t read_ahead = 0;  ///< bytes that this download may hold at once; at least one part is allowed
    int connections = most_connections;  ///< that the driver has, whatever the strategy would like
    int weight = usual_weight;           ///< of its share of the byte budget
    bool paused = false;                 ///< until resume()
    /// The first part of a range or after a seek is at most this large, so that its bytes are there soon.
    std::int32_t first_part = 128 * 1024;
    /// Parts after the start or a seek begin on multiples of this: a power of two, at least 4 KiB.
    std::int32_t align = smallest_part;
    /// On connections that are shared; requests that go out of turn count there as well.
    bool waits_its_turn = true;
    fault_bounds bounds = {};
};

}  // namespace mtproto::schedule
