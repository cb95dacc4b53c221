// A place that parts of one file come from: connections to a data centre or a CDN, or a test's own.
#pragma once

#include "download/reply.hpp"
#include "io/awaitable.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>
#include <mtproto/media.hpp>

#include <cstdint>
#include <vector>

namespace mtproto::download {

/// Not thread safe. The coroutines must be cancellable at every wait; whoever runs them keeps the source
/// alive.
class part_source {
  public:
    virtual ~part_source() = default;

    /// Makes `connection` ready, unless it is.
    virtual io::awaitable<outcome<void>> open(int connection) = 0;
    /// Nothing comes over `connection`: finds out whether it is dead, and makes it ready again if so.
    virtual io::awaitable<outcome<void>> check(int connection) { return open(connection); }
    /// At most `limit` bytes at `offset`. Cancelling drops the request on the wire.
    virtual io::awaitable<reply<bytes>> fetch(int connection, std::int64_t offset, std::int32_t limit) = 0;
};

/// One that also tells the hashes of the file.
class hashed_source : public part_source {
  public:
    /// The hashes of some windows (protocol 8.4), checked: from the one that holds `offset` on, as many as
    /// the server likes, none when it has none for the place. Errors as fetch().
    virtual io::awaitable<reply<std::vector<file_hash>>> hashes(int connection, std::int64_t offset) = 0;

    virtual int connections() const = 0;
    /// The consequence of a window that stays wrong: errc::bad_part, or that a CDN is left.
    virtual no_reply disproved(std::int64_t offset) const = 0;
};

}  // namespace mtproto::download
