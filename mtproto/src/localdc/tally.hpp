// Counts of a cluster's work.
#pragma once

#include <cstdint>
#include <map>

namespace mtproto::localdc {

/// One account's part.
struct account_tally {
    std::int64_t parts = 0;
    std::int64_t part_bytes = 0;
    std::int64_t flood_waits = 0;     ///< that were begun
    std::int64_t early_requests = 0;  ///< within a wait that their client knew of
};

/// Since the start, in all.
struct tally {
    std::int64_t connections = 0;  ///< accepted
    std::int64_t imported_logins = 0;
    std::int64_t inflated = 0;  ///< bytes of queries in gzip_packed, those that were refused too
    std::int64_t parts = 0;     ///< answers that went out with a part of a file
    std::int64_t duplicated_keys = 0;
    std::map<std::int64_t, account_tally> accounts{};  ///< by user; 0: nobody's
};

}  // namespace mtproto::localdc
