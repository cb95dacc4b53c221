// Counts of a cluster's work.
#pragma once

#include <cstdint>

namespace mtproto::localdc {

/// Since the start, in all.
struct tally {
    std::int64_t connections = 0;  ///< accepted
    std::int64_t imported_logins = 0;
    std::int64_t inflated = 0;  ///< bytes of queries in gzip_packed, those that were refused too
    std::int64_t parts = 0;     ///< answers that went out with a part of a file
};

}  // namespace mtproto::localdc
