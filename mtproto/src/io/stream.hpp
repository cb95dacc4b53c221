// A connected stream of bytes: a socket, or one end of an in-memory pipe.
#pragma once

#include "io/awaitable.hpp"

#include <mtproto/bytes.hpp>
#include <mtproto/error.hpp>

#include <cstddef>
#include <span>

namespace mtproto::io {

/// Not thread safe: one reader and one writer at a time, both on the stream's executor.
class stream {
  public:
    virtual ~stream() = default;

    /// Reads at least one byte. 0 means that the peer has closed its side.
    /// Errors: errc::connection_closed, whatever the system's reason; errc::cancelled.
    virtual awaitable<result<std::size_t>> read_some(byte_span into) = 0;

    /// A hint for the reads from now on, also for one under way: the reader can do nothing with fewer bytes.
    /// A stream may bring fewer all the same, and does so when they come slowly.
    virtual void expect(std::size_t /*bytes*/) noexcept {}

    /// Writes all parts, in order; they must live until the result is there.
    virtual awaitable<result<void>> write(std::span<const byte_view> parts) = 0;

    /// Half-closes: the peer reads what was written, then 0. What the peer writes can still be read; writing
    /// here again is errc::connection_closed. May be called twice; no write may be under way.
    virtual void end_writing() noexcept = 0;

    /// Closes both directions at once; pending operations end with errc::connection_closed. May be called
    /// twice.
    virtual void close() noexcept = 0;
};

}  // namespace mtproto::io
