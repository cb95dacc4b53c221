// The interface of what takes the bytes of a file.
#pragma once

#include <mtproto/byte_stream.hpp>
#include <mtproto/error.hpp>

#include <boost/asio/awaitable.hpp>

namespace mtproto::sink {

/// Takes chunks in order: one call at a time, on the stream's executor. Implementations return their
/// failures, or throw; pump() throws both. Cancellation must end a call that waits.
class sink {
  public:
    virtual ~sink() = default;
    /// May wait, which holds the stream back. `part` follows the chunk before it.
    virtual boost::asio::awaitable<outcome<void>> write(chunk part) = 0;
    /// All is written: makes it final. Without it (a failure, a cancellation) nothing is left behind.
    virtual boost::asio::awaitable<outcome<void>> finish() = 0;
};

}  // namespace mtproto::sink
