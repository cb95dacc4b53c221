// Where the bytes of a file go.
#pragma once

#include <mtproto/byte_stream.hpp>
#include <mtproto/error.hpp>

#include <boost/asio/awaitable.hpp>

namespace mtproto::sink {

/// Takes chunks in order. write() may wait, which holds the stream back.
class sink {
  public:
    virtual ~sink() = default;
    virtual boost::asio::awaitable<outcome<void>> write(chunk part) = 0;
    /// All is written: make it final. Without it (a failure, a cancellation) nothing is left behind.
    virtual boost::asio::awaitable<outcome<void>> finish() = 0;
};

}  // namespace mtproto::sink
