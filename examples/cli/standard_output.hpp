// Standard output as a sink that never holds the network up.
#pragma once

#include <mtproto/sink/sink.hpp>

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include <sys/types.h>
#include <unistd.h>

namespace mtpipe {

/// A player that pauses stops reading its pipe; connections must be served, and Ctrl-C heard, all the same.
/// Yet whoever shares standard output must notice nothing, and not blocking is a property that all share. So
/// a pipe is opened once more, and a socket, which cannot be, is told with each piece not to wait. Others,
/// such as another user's pipe, get only as much as they have room for. Regular files do not wait for
/// readers and are written as they are.
class standard_output final : public mtproto::sink::sink {
  public:
    /// `descriptor`: another that is written in the same way; it stays the caller's.
    explicit standard_output(const boost::asio::any_io_executor& executor, int descriptor = STDOUT_FILENO);

    boost::asio::awaitable<mtproto::outcome<void>> write(mtproto::chunk part) override;
    boost::asio::awaitable<mtproto::outcome<void>> finish() override;

  private:
    struct own_descriptor {
        int number = -1;
        own_descriptor() = default;
        ~own_descriptor();
        own_descriptor(const own_descriptor&) = delete;
        own_descriptor& operator=(const own_descriptor&) = delete;
    };

    bool has_room() const;
    ssize_t write_some(mtproto::byte_view data);
    void watch_for_room();

    own_descriptor out_;
    bool socket_ = false;
    bool may_block_ = false;  ///< write() would wait for room
    /// An epoll instance that has an event when `out_` has room: Asio would make what it waits for itself
    /// non-blocking, for all that share it.
    boost::asio::posix::stream_descriptor room_;
};

}  // namespace mtpipe
