// A sink that writes to an open file descriptor: standard output, a pipe, a socket.
#pragma once

#include <mtproto/sink/sink.hpp>

namespace mtproto::sink {

/// The descriptor stays the caller's and is not closed. It may be blocking, and then holds the executor up
/// for as long as its reader does; a reader that went away is errc::io_failed (ignore SIGPIPE).
class descriptor final : public sink {
  public:
    explicit descriptor(int fd) noexcept : fd_(fd) {}

    boost::asio::awaitable<outcome<void>> write(chunk part) override;
    boost::asio::awaitable<outcome<void>> finish() override;

  private:
    int fd_;
};

}  // namespace mtproto::sink
