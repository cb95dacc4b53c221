// Standard output as a sink that never holds the network up.
#pragma once

#include <mtproto/sink/sink.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

namespace mtpipe {

/// A player that pauses stops reading its pipe; connections must be served, and Ctrl-C heard, all the same.
/// So a pipe is opened once more, without blocking: that is a property of this opening alone, and whoever
/// shares standard output notices nothing. Regular files and devices do not wait for readers and are written
/// as they are.
class standard_output final : public mtproto::sink::sink {
  public:
    explicit standard_output(const boost::asio::any_io_executor& executor);

    boost::asio::awaitable<mtproto::outcome<void>> write(mtproto::chunk part) override;
    boost::asio::awaitable<mtproto::outcome<void>> finish() override;

  private:
    boost::asio::posix::stream_descriptor out_;
};

}  // namespace mtpipe
